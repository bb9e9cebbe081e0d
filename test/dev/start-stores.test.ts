/** The servers that `npm start` has of its own, as seen from outside while services come and go. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createClient } from "@redis/client";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, test } from "vitest";
import { privateAddress } from "../../dev/mysql/private.ts";
import { makeMinter } from "../../dev/offline-mint.ts";
import { redisSocketIn } from "../../dev/redis/server.ts";
import { readVariables } from "../../dev/run/secrets.ts";
import { isRunning, type Service, startService } from "../../dev/service.ts";
import { begunState } from "../support/begun-state.ts";
import { siteAt } from "../support/end-to-end-site.ts";
import { NO_MYSQL } from "../support/mysql.ts";
import { NO_REDIS } from "../support/redis.ts";
import { removeState } from "../support/remove-state.ts";

const PATIENCE = { timeout: 60_000 };

const directories: string[] = [];
const services: Service[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) {
    service.signal("SIGKILL");
    await service.exited;
  }
  for (const directory of directories.splice(0)) removeState(directory);
});

/** @returns a state directory whose secrets file says these variables */
const stateWith = async (variables: Readonly<Record<string, string>>): Promise<string> => {
  const state = await begunState("headcount-stores");
  directories.push(state);
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(secretsIn(state), lines.join(""));
  return state;
};

const secretsIn = (state: string): string => join(state, ".dev.vars");

const start = async (state: string): Promise<Service> => {
  const service = await startService({ state, secrets: secretsIn(state), port: 0 });
  services.push(service);
  return service;
};

const SOME_SECONDS_MS = 5_000;

/** One view of `content`, folded and flushed. */
const countOne = async ({ url }: Service, state: string, content: string): Promise<void> => {
  const { TOKEN_KEYS = "", TALLY_SHARDS = "", ADMIN_KEY = "" } = readVariables(secretsIn(state));
  const mint = makeMinter({ tokenKeys: TOKEN_KEYS, shards: TALLY_SHARDS });
  const { token } = await mint(content, 1, Date.now() - SOME_SECONDS_MS);
  const site = siteAt({ url, adminKey: ADMIN_KEY });
  expect(await site.confirm([token])).toEqual(["durable"]);
  await expect
    .poll(() => site.read(`/v1/counts/${content}?consistency=strong`), PATIENCE)
    .toMatchObject({ views: 1 });
  expect(await site.operate("POST", "/flush")).toMatchObject({ views: { failures: 0, rows: 2 } });
};

const publishedIn = async (state: string, content: string): Promise<unknown> => {
  const connection = await createConnection(privateAddress(state));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT published FROM view_totals WHERE content_id = ?",
      [content],
    );
    return rows[0]?.published;
  } finally {
    await connection.end();
  }
};

const askRedis = async (state: string, ...words: string[]): Promise<unknown> => {
  const path = redisSocketIn(join(state, "redis"));
  const client = await createClient({ RESP: 2, socket: { path, tls: false } }).connect();
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
};

/** The private servers of a state directory, by the table of processes. */
const serverPids = (state: string): readonly number[] => {
  const table = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
  return ["mariadbd", "redis-server"].map((name) => {
    const line = table.find((it) => it.includes(name) && it.includes(state));
    return line === undefined ? Number.NaN : Number.parseInt(line, 10);
  });
};

describe.skipIf(NO_MYSQL || NO_REDIS)("npm start on MySQL and Redis", () => {
  test("has a MariaDB and a Redis of its own, which end with it, also when it is killed, and goes on with what they hold", async () => {
    const state = await stateWith({ DATABASE: "mysql", READ_MODEL: "redis" });
    const killed = await start(state);
    expect((await fetch(`${killed.url}/readyz`)).status).toBe(200);
    expect(killed.output()).toContain(`  read model Redis at ${join(state, "redis")}`);
    await countOne(killed, state, "article");
    await askRedis(state, "SET", "kept", "yes");
    const first = serverPids(state);
    expect(first.map(isRunning)).toEqual([true, true]);
    killed.signal("SIGKILL");
    await expect.poll(() => first.map(isRunning), PATIENCE).toEqual([false, false]);

    const next = await start(state);
    expect(await publishedIn(state, "article")).toBe(1);
    expect(await askRedis(state, "GET", "kept")).toBe("yes");
    const second = serverPids(state);
    expect(second.map(isRunning)).toEqual([true, true]);
    next.signal("SIGTERM");
    expect(await next.exited).toBe(0);
    expect(second.map(isRunning)).toEqual([false, false]);
  });
});

test("where MariaDB is missing, what to install is said for Debian and macOS", async () => {
  const state = await stateWith({});
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      resolve(import.meta.dirname, "../../dev/start.ts"),
      ...["--database", "mysql", "--state", state, "--secrets", secretsIn(state), "--port", "0"],
    ],
    { encoding: "utf8", env: { ...process.env, MARIADB_BIN: state } },
  );
  expect(status).toBe(1);
  expect(stderr).toContain("MariaDB was not found");
  expect(stderr).toContain("apt-get install mariadb-server");
  expect(stderr).toContain("brew install mariadb");
});
