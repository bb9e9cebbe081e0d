/** Set-up of the tests of a real database: finds MariaDB or installs Debian's, and runs one for all of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findMariaDb, HOW_TO_INSTALL } from "../../dev/mysql/binaries.ts";
import { startMariaDb } from "../../dev/mysql/mariadb.ts";
import { findOrInstall } from "./debian-package.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the socket of a MariaDB for tests alone, whose user is `root`; empty where there is none. */
    mysqlSocket: string;
  }
}

/** Nothing of it has to outlive a crash. */
export const FAST_SETTINGS: readonly string[] = [
  "--no-defaults",
  "--innodb-flush-log-at-trx-commit=0",
  "--innodb-flush-method=nosync",
  "--innodb-doublewrite=0",
  "--innodb-buffer-pool-size=64M",
  "--skip-log-bin",
  "--sync-binlog=0",
  "--max-allowed-packet=64M",
];

/** The same of servers that follow each other, and of which one may be killed: what is committed is with the kernel. */
export const REPLICATED_SETTINGS: readonly string[] = [
  ...FAST_SETTINGS.filter((setting) => setting !== "--skip-log-bin"),
  "--innodb-flush-log-at-trx-commit=2",
];

export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const binaries = findOrInstall({
    name: "MariaDB",
    // The server's programs without its service: nothing is started by installing it.
    debianPackages: ["mariadb-server-core", "mariadb-client-core"],
    tests: "the tests of a real database",
    how: HOW_TO_INSTALL,
    find: findMariaDb,
  });
  if (binaries === undefined) {
    project.provide("mysqlSocket", "");
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), "headcount-mysql-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const server = await startMariaDb({ directory, settings: FAST_SETTINGS });
    project.provide("mysqlSocket", server.socketPath);
    return async () => {
      await server.kill();
      remove();
    };
  } catch (error) {
    remove();
    throw error;
  }
};
