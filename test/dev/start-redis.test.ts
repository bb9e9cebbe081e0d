import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { redisSocketIn } from "../../dev/redis/server.ts";
import { Failure, parseOnlyFlags, UsageError } from "../../dev/run/flags.ts";
import { openLocalReadModel } from "../../dev/run/local-read-model.ts";
import { openLocalStores } from "../../dev/run/local-stores.ts";
import { isRunning, type Service, startService } from "../../dev/service.ts";
import { NO_REDIS } from "../support/redis.ts";
import { removeState } from "../support/remove-state.ts";

const directories: string[] = [];
const services: Service[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const service of services.splice(0)) {
    service.signal("SIGKILL");
    await service.exited;
  }
  for (const directory of directories.splice(0)) removeState(directory);
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

  test("when the database fails, the Redis that was there already is ended", async () => {
    const state = newState();
    const flags = parseOnlyFlags([
      "--database",
      "mysql",
      "--read-model",
      "redis",
      "--state",
      state,
    ]);
    const variables = { DATABASE_URL: "http://u:p@127.0.0.1:9" };
    await expect(openLocalStores(flags, variables)).rejects.toThrow("The database is not ready");
    expect(serverPid(state)).toBeUndefined();
  });
});

const choice = { readModel: "redis", url: undefined, token: undefined } as const;

test("an Upstash that is named is taken, unasked; half a name is a mistake", async () => {
  const state = newState();
  const named = { ...choice, state, url: "https://somewhere.example", token: "secret" };
  const { variables, description } = await openLocalReadModel(named);
  expect(variables).toEqual({
    READ_MODEL: "redis",
    UPSTASH_REDIS_REST_URL: "https://somewhere.example",
    UPSTASH_REDIS_REST_TOKEN: "secret",
  });
  expect(description).not.toContain("secret");
  await expect(openLocalReadModel({ ...named, token: undefined })).rejects.toThrow(
    "UPSTASH_REDIS_REST_TOKEN belong together",
  );
});

test("of the objects and of what nobody knows the Worker is told, and nothing is started", async () => {
  const state = newState();
  for (const readModel of ["objects", "memcached"]) {
    const { variables } = await openLocalReadModel({ ...choice, state, readModel });
    expect(variables).toEqual({ READ_MODEL: readModel });
  }
});

test("where Redis is missing, what to install is said for Debian and macOS", async () => {
  const state = newState();
  vi.stubEnv("REDIS_BIN", state);
  const opening = openLocalReadModel({ ...choice, state });
  await expect(opening).rejects.toThrow(/not found.*apt-get install redis.*brew install redis/);
  await expect(opening).rejects.toBeInstanceOf(Failure);
});

test("a read model that there is not is a mistake in the flags", () => {
  expect(() => parseOnlyFlags(["--read-model", "memcached"])).toThrow(UsageError);
  expect(() => parseOnlyFlags(["--read-model"])).toThrow("--read-model needs a value");
});
