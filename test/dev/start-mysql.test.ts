import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, describe, expect, test } from "vitest";
import { privateAddress } from "../../dev/mysql/private.ts";
import { makeMinter } from "../../dev/offline-mint.ts";
import { startGateway } from "../../dev/planetscale-gateway/gateway.ts";
import { readVariables } from "../../dev/run/secrets.ts";
import { isRunning, type Service, startService } from "../../dev/service.ts";
import { siteAt } from "../support/end-to-end-site.ts";
import { freshDatabase, NO_MYSQL } from "../support/mysql.ts";
import { removeState } from "../support/remove-state.ts";

const directories: string[] = [];
const services: Service[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) {
    service.signal("SIGKILL");
    await service.exited;
  }
  for (const directory of directories.splice(0)) removeState(directory);
});

/** @returns a new state directory whose secrets file says these variables */
const stateWith = (variables: Readonly<Record<string, string>>): string => {
  const state = mkdtempSync(join(tmpdir(), "headcount-mysql-"));
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
    .poll(() => site.read(`/v1/counts/${content}?consistency=strong`), { timeout: 60_000 })
    .toMatchObject({ views: 1 });
  expect(await site.operate("POST", "/flush")).toMatchObject({ views: { failures: 0, rows: 2 } });
};

const publishedAt = async (
  address: { readonly socketPath: string; readonly user: string; readonly database: string },
  content: string,
): Promise<unknown> => {
  const connection = await createConnection(address);
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

/** The private server of a state directory, by the table of processes. */
const serverPid = (state: string): number | undefined => {
  const table = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" });
  const line = table.split("\n").find((it) => it.includes("mariadbd") && it.includes(state));
  return line === undefined ? undefined : Number.parseInt(line, 10);
};

describe.skipIf(NO_MYSQL)("npm start with DATABASE=mysql", () => {
  test("counts into a MariaDB of its own, which ends with it, also when it is killed, and goes on with what that holds", async () => {
    const state = stateWith({ DATABASE: "mysql" });
    const killed = await start(state);
    await countOne(killed, state, "article");
    const first = serverPid(state) ?? Number.NaN;
    expect(isRunning(first)).toBe(true);
    killed.signal("SIGKILL");
    await expect.poll(() => isRunning(first), { timeout: 60_000 }).toBe(false);

    const next = await start(state);
    expect(await publishedAt(privateAddress(state), "article")).toBe(1);
    const second = serverPid(state) ?? Number.NaN;
    next.signal("SIGTERM");
    expect(await next.exited).toBe(0);
    expect(isRunning(second)).toBe(false);
  });

  test("with DATABASE_URL it counts into that server, and starts none", async () => {
    const { address, drop } = await freshDatabase();
    const { socketPath = "", user, database } = address;
    const state = stateWith({});
    const other = await startGateway({
      mysql: address,
      port: 0,
      user: "site",
      password: "of-the-site",
    });
    writeFileSync(secretsIn(state), `DATABASE="mysql"\nDATABASE_URL="${other.url}"\n`);
    const service = await start(state);
    await countOne(service, state, "article");
    expect(await publishedAt({ socketPath, user, database }, "article")).toBe(1);
    expect(serverPid(state)).toBeUndefined();
    service.signal("SIGTERM");
    await service.exited;
    await other.close();
    await drop();
  });

  test("a DATABASE_URL that answers nobody, or is none, is named", async () => {
    const away = stateWith({ DATABASE: "mysql", DATABASE_URL: "http://u:p@127.0.0.1:9" });
    await expect(start(away)).rejects.toThrow("The database is not ready");
    const wrong = stateWith({ DATABASE: "mysql", DATABASE_URL: "postgres://u:p@127.0.0.1/db" });
    await expect(start(wrong)).rejects.toThrow("DATABASE_URL is mysql://");
  });
});

test("where MariaDB is missing, what to install is said for Debian and macOS", () => {
  const state = stateWith({});
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
