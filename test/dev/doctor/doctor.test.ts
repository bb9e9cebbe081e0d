import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { examine } from "../../../dev/doctor/examine.ts";
import { connectMySql, RefusedQuery } from "../../../dev/doctor/query.ts";
import { readServer } from "../../../dev/doctor/read-server.ts";
import type { Finding } from "../../../dev/doctor/rule.ts";
import { PARTITIONED_TABLES } from "../../../dev/doctor/server.ts";
import { findMariaDb } from "../../../dev/mysql/binaries.ts";
import { settingsFor } from "../../../dev/mysql/settings.ts";
import { type PrivateServer, startDoctor, startPrivate } from "./private-server.ts";

const MACHINE = { memoryBytes: 2 * 1024 ** 3, cores: 2 };

/** A data directory is made and a server started: a second, or many on a machine with much else to do. */
const SERVER_TIMEOUT_MS = 120_000;
const DAY_MS = 24 * 3_600 * 1_000;

const doctor = async (args: readonly string[], url?: string) => {
  const { exited, output } = startDoctor(args, url);
  return { code: await exited, output: output() };
};

/** Partitioned by unix ms. @param days until the last bound */
const createTable = (name: string, days: number): string =>
  `CREATE OR REPLACE TABLE headcount.${name} (id BIGINT NOT NULL, at BIGINT NOT NULL, n INT,
    PRIMARY KEY (id, at)) PARTITION BY RANGE (at) (
      PARTITION p0 VALUES LESS THAN (${Date.now() + days * DAY_MS}),
      PARTITION pmax VALUES LESS THAN MAXVALUE)`;

const examineAt = async ({ server }: PrivateServer): Promise<readonly Finding[]> => {
  const { socketPath, user } = server;
  const { query, close } = await connectMySql({ socketPath, user });
  const found = await readServer({
    query,
    address: "here",
    reached: "private",
    database: "headcount",
    now: new Date(),
    fileLimit: Number.POSITIVE_INFINITY,
  });
  await close();
  return examine(found);
};

const notOk = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== "ok").map(({ level, check }) => `${level} ${check}`);

describe.skipIf(findMariaDb() === undefined)("a MariaDB with the settings of npm start", () => {
  let own: PrivateServer;

  beforeAll(async () => {
    own = await startPrivate(settingsFor(MACHINE));
    await own.run("CREATE DATABASE headcount");
  }, SERVER_TIMEOUT_MS);
  afterAll(() => own.remove(), SERVER_TIMEOUT_MS);

  const makeTables = () => own.run(...PARTITIONED_TABLES.map((name) => createTable(name, 40)));

  test("is all well once the tables are there, and the doctor ends with 0", async () => {
    await makeTables();
    const findings = await examineAt(own);
    // How many files it may open is this machine's matter.
    const ofTheServer = findings.filter(({ check }) => check !== "server's open files");
    expect(notOk(ofTheServer)).toEqual([]);
    const { code, output } = await doctor(["--state", own.state]);
    expect(output).toMatch(/\n\d+ ok, \d warn, 0 fail, 0 not shown\n$/);
    expect(code).toBe(0);
  });

  test("lacks a table, a catch-all and time ahead, and each is named and mended", async () => {
    await makeTables();
    await own.run(
      "DROP TABLE headcount.viewer_history",
      "ALTER TABLE headcount.view_hourly DROP PARTITION pmax",
      createTable("user_sessions", -1),
      createTable("daily_statistics", -1),
      `INSERT INTO headcount.daily_statistics VALUES (1, ${Date.now()}, 1)`,
    );
    const findings = await examineAt(own);
    const partitions = findings.filter(({ check }) => check.startsWith("partitions"));
    expect(partitions).toMatchObject([
      { level: "fail", value: "no such table" },
      { level: "fail", value: "1, no pmax" },
      { level: "fail", value: expect.stringMatching(/^1, to \d{4}-\d\d-\d\d$/) },
      { level: "fail", value: expect.stringMatching(/^1, to .*, rows in pmax$/) },
    ]);
    // What is proposed is what mends them.
    await own.run(createTable("viewer_history", 40));
    for (const finding of partitions.slice(1)) {
      await own.run("USE headcount");
      if ("mend" in finding) {
        await own.run(finding.mend.replace("ALTER TABLE ", "ALTER TABLE headcount."));
      }
    }
    const after = await examineAt(own);
    const failed = after.filter(({ level }) => level === "fail");
    expect(failed).toEqual([]);
  });

  test("without its database fails, and the doctor ends with 1, also for machines", async () => {
    await own.run("DROP DATABASE headcount");
    const { code, output } = await doctor(["--state", own.state, "--json"]);
    await own.run("CREATE DATABASE headcount");
    const { findings } = JSON.parse(output) as { findings: Finding[] };
    expect(notOk(findings)).toContain("fail database");
    expect(code).toBe(1);
  });

  test("a user who may not see the database learns that it is missing for them", async () => {
    await own.run("CREATE USER IF NOT EXISTS nobody@localhost");
    const { query, close } = await connectMySql({
      socketPath: own.server.socketPath,
      user: "nobody",
    });
    const server = await readServer({
      query,
      address: "here",
      reached: "mysql",
      database: "headcount",
      now: new Date(),
      fileLimit: 1,
    });
    await close();
    expect(server.database).toBeUndefined();
    expect(server.variables.size).toBeGreaterThan(100);
  });

  test("what it refuses is a refusal, and it answers the next question", async () => {
    const { socketPath, user } = own.server;
    const { query, close } = await connectMySql({ socketPath, user });
    await expect(query("SELECT nothing FROM nowhere.at_all")).rejects.toThrow(RefusedQuery);
    // Beyond 2^53 too, as the server wrote it.
    expect(await query("SELECT 9007199254740993 AS n, NULL AS nothing")).toEqual([
      { n: "9007199254740993", nothing: null },
    ]);
    await close();
  });

  test("--watch shows what is written, and Ctrl-C ends it with 0", async () => {
    await makeTables();
    const watching = startDoctor(["--state", own.state, "--watch", "--every", "0.2"]);
    onTestFinished(() => void watching.process.kill("SIGKILL"));
    await expect.poll(watching.output, { timeout: 20_000 }).toMatch(/^UTC +hit % +rows\/s/);
    const rows = Array.from({ length: 500 }, (_, id) => `(${id}, 0, 0)`).join();
    await own.run(`INSERT INTO headcount.view_hourly VALUES ${rows}`);
    const written =
      /^\d\d:\d\d:\d\d +[\d.]+ +[1-9]\d* +\d+\.\d\d +[\d.]+ +[\d.]+ +[\d.]+ +\d+ +\d+$/m;
    await expect.poll(watching.output, { timeout: 20_000 }).toMatch(written);
    watching.process.kill("SIGINT");
    expect(await watching.exited).toBe(0);
  });
});

describe.skipIf(findMariaDb() === undefined)("a MariaDB with its own defaults", () => {
  let plain: PrivateServer;

  beforeAll(async () => {
    plain = await startPrivate();
    await plain.run("CREATE DATABASE headcount CHARACTER SET latin1");
  }, SERVER_TIMEOUT_MS);
  afterAll(() => plain.remove(), SERVER_TIMEOUT_MS);

  test("is told what is wrong", async () => {
    const named = notOk(await examineAt(plain));
    expect(named).toEqual(
      expect.arrayContaining([
        "warn buffer pool",
        "warn redo log",
        "warn isolation",
        "warn io capacity",
        "fail database",
        "fail partitions, view_hourly",
      ]),
    );
    expect(named).not.toContain("fail sql mode");
    expect(named).not.toContain("warn flush at commit");
  });

  test("that is killed leaves a socket behind, and nothing runs there", async () => {
    await plain.server.kill();
    expect(existsSync(plain.server.socketPath)).toBe(true);
    const { code, output } = await doctor(["--state", plain.state]);
    expect(output).toMatch(/^No MySQL server of npm start runs in .*--database mysql.*--url/);
    expect(code).toBe(1);
  });
});

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

test("where nothing ever ran it says how to start a server or to name one", async () => {
  const state = mkdtempSync(join(tmpdir(), "headcount-doctor-"));
  directories.push(state);
  const { code, output } = await doctor(["--state", state]);
  expect(output).toBe(
    `No MySQL server of npm start runs in ${state}. Start it with --database mysql, or name a server: --url or DATABASE_URL.\n`,
  );
  expect(code).toBe(1);
});

test("a server that does not answer is named, and its password is not", async () => {
  const { code, output } = await doctor([], "mysql://app:secret@127.0.0.1:1/shop");
  expect(output).toMatch(/^No answer from mysql:\/\/127\.0\.0\.1:1\/shop \(.*ECONNREFUSED.*\)\n$/);
  expect(output).not.toContain("secret");
  expect(code).toBe(1);
});

test("wrong use ends with 2 and shows the flags", async () => {
  const { code, output } = await doctor(["--flush"]);
  expect(output).toMatch(/--flush[\s\S]*--url URL[\s\S]*--every SECONDS/);
  expect(code).toBe(2);
});
