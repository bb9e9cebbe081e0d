/** The stores that a local service opens before its Worker starts: which it takes, which it starts, what it says of those it cannot have. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { MySqlAddress } from "../../dev/mysql/address.ts";
import { Failure, parseOnlyFlags, UsageError } from "../../dev/run/flags.ts";
import { openLocalReadModel } from "../../dev/run/local-read-model.ts";
import { type LocalStores, openLocalStores } from "../../dev/run/local-stores.ts";
import { freshGateway, NO_MYSQL } from "../support/mysql.ts";
import { NO_REDIS } from "../support/redis.ts";

const directories: string[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const newState = (): string => {
  const state = mkdtempSync(join(tmpdir(), "headcount-stores-"));
  directories.push(state);
  return state;
};

/** The private servers of a state directory, by the table of processes. */
const serversOf = (state: string): readonly string[] => {
  const table = execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" });
  return table
    .split("\n")
    .filter((line) => /mariadbd|redis-server/.test(line) && line.includes(state));
};

/** @throws when there is no such table */
const rowsIn = async (address: MySqlAddress, table: string): Promise<number> => {
  const connection = await createConnection({ ...address });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM ${table}`);
    return rows.length;
  } finally {
    await connection.end();
  }
};

const open = (
  state: string,
  variables: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<LocalStores> => openLocalStores(parseOnlyFlags(["--state", state, ...flags]), variables);

describe.skipIf(NO_MYSQL)("DATABASE=mysql", () => {
  test("with DATABASE_URL that server is brought up to date and named to the Worker, and none is started", async () => {
    const state = newState();
    const other = await freshGateway();
    const named = { DATABASE: "mysql", DATABASE_URL: other.url };
    const stores = await open(state, named);
    expect(stores.variables).toMatchObject(named);
    expect(await rowsIn(other.address, "view_totals")).toBe(0);
    expect(serversOf(state)).toEqual([]);
    await stores.stop();
    await other.close();
  });

  test("a DATABASE_URL that answers nobody, or is none, is named", async () => {
    const away = { DATABASE: "mysql", DATABASE_URL: "http://u:p@127.0.0.1:9" };
    const opening = open(newState(), away);
    await expect(opening).rejects.toThrow("The database is not ready");
    await expect(opening).rejects.toBeInstanceOf(Failure);
    const wrong = { DATABASE: "mysql", DATABASE_URL: "postgres://u:p@127.0.0.1/db" };
    await expect(open(newState(), wrong)).rejects.toThrow("DATABASE_URL is mysql://");
  });
});

test.skipIf(NO_REDIS)(
  "when the database fails, the Redis that was there already is ended",
  async () => {
    const state = newState();
    const variables = { DATABASE_URL: "http://u:p@127.0.0.1:9" };
    const opening = open(state, variables, "--database", "mysql", "--read-model", "redis");
    await expect(opening).rejects.toThrow("The database is not ready");
    expect(serversOf(state)).toEqual([]);
  },
);

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
