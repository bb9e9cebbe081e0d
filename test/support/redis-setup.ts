/** Set-up of the tests of a real Redis: finds it or installs Debian's, and runs one for all of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findRedis, HOW_TO_INSTALL_REDIS } from "../../dev/redis/binary.ts";
import { startRedis } from "../../dev/redis/server.ts";
import { findOrInstall } from "./debian-package.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the socket of a Redis for tests alone; empty where there is none. */
    redisSocket: string;
  }
}

/** Half a kilobyte each while it is empty; a run takes a few hundred. */
const DATABASES = 10_000;

export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const binary = findOrInstall({
    name: "Redis",
    // The program without its service: nothing is started by installing it.
    debianPackages: ["redis-tools"],
    tests: "the tests of a real Redis",
    how: HOW_TO_INSTALL_REDIS,
    find: findRedis,
  });
  if (binary === undefined) {
    project.provide("redisSocket", "");
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), "headcount-redis-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const server = await startRedis({
      directory,
      ...{ keep: "nothing", databases: DATABASES },
      // It would empty the databases of all tests.
      without: ["FLUSHALL"],
    });
    project.provide("redisSocket", server.socketPath);
    return async () => {
      await server.kill();
      remove();
    };
  } catch (error) {
    remove();
    throw error;
  }
};
