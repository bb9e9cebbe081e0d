import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createClient } from "@redis/client";
import { afterEach, describe, expect, test } from "vitest";
import { redisSocketIn } from "../../dev/redis/server.ts";
import { parseOnlyFlags, UsageError } from "../../dev/run/flags.ts";
import { isRunning, type Service, startService } from "../../dev/service.ts";
import { NO_REDIS } from "../support/redis.ts";

const directories: string[] = [];
const services: Service[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) {
    service.signal("SIGKILL");
    await service.exited;
  }
  for (const directory of directories.splice(0)) {
    rmSync(directory, { recursive: true, maxRetries: 20, retryDelay: 100 });
  }
});

const newState = (): string => {
  const state = mkdtempSync(join(tmpdir(), "headcount-redis-"));
  directories.push(state);
  return state;
};

const secretsIn = (state: string): string => join(state, ".dev.vars");

const start = async (state: string): Promise<Service> => {
  const service = await startService({
    ...{ state, secrets: secretsIn(state), port: 0 },
    redis: "private",
  });
  services.push(service);
  return service;
};

/** The private server of a state directory, by the table of processes. */
const serverPid = (state: string): number | undefined => {
  const table = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" });
  const line = table.split("\n").find((it) => it.includes("redis-server") && it.includes(state));
  return line === undefined ? undefined : Number.parseInt(line, 10);
};

const ask = async (state: string, ...words: string[]): Promise<unknown> => {
  const path = redisSocketIn(join(state, "redis"));
  const client = await createClient({ RESP: 2, socket: { path, tls: false } }).connect();
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
};

/** `npm start` with these flags and nothing of UPSTASH in its environment but `env`, until it ends. */
const run = (state: string, flags: readonly string[], env: NodeJS.ProcessEnv) =>
  spawnSync(
    process.execPath,
    [
      resolve(import.meta.dirname, "../../dev/start.ts"),
      ...["--read-model", "redis", "--state", state, "--secrets", secretsIn(state), "--port", "0"],
      ...flags,
    ],
    { encoding: "utf8", env: { ...process.env, ...env }, timeout: 120_000 },
  );

describe.skipIf(NO_REDIS)("npm start with --read-model redis", () => {
  test("has a Redis of its own, which ends with it, also when it is killed, and goes on with what that held", async () => {
    const state = newState();
    const service = await start(state);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect(service.output()).toContain(`  read model Redis at ${join(state, "redis")}`);
    await ask(state, "SET", "kept", "yes");
    const first = serverPid(state) ?? Number.NaN;
    service.signal("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(isRunning(first)).toBe(false);

    const next = await start(state);
    expect(await ask(state, "GET", "kept")).toBe("yes");
    const second = serverPid(state) ?? Number.NaN;
    next.signal("SIGKILL");
    await expect.poll(() => isRunning(second), { timeout: 60_000 }).toBe(false);
  });

  test("when the database fails, the Redis that was there already is ended", () => {
    const state = newState();
    const { status, stderr } = run(state, ["--database", "mysql"], {
      DATABASE_URL: "http://u:p@127.0.0.1:9",
    });
    expect(stderr).toContain("The database is not ready");
    expect(status).toBe(1);
    expect(serverPid(state)).toBeUndefined();
  });

  test("an address without its token is named, and starts no other Redis", () => {
    const state = newState();
    writeFileSync(secretsIn(state), 'UPSTASH_REDIS_REST_URL="https://somewhere.example"\n');
    const { status, stderr } = run(state, [], {});
    expect(stderr).toContain("UPSTASH_REDIS_REST_TOKEN");
    expect(status).toBe(1);
  });
});

test("where Redis is missing, what to install is said for Debian and macOS", () => {
  const state = newState();
  const { status, stderr } = run(state, [], { REDIS_BIN: state });
  expect(status).toBe(1);
  expect(stderr).toContain("Redis was not found");
  expect(stderr).toContain("apt-get install redis");
  expect(stderr).toContain("brew install redis");
});

test("a read model that there is not is a mistake in the flags", () => {
  expect(() => parseOnlyFlags(["--read-model", "memcached"])).toThrow(UsageError);
  expect(() => parseOnlyFlags(["--read-model"])).toThrow("--read-model needs a value");
});
