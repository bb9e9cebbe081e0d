import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { upkeep } from "../../src/app/upkeep.ts";
import { AGEING_TABLES, type AgeingTable } from "../../src/core/partitions.ts";
import { stamp } from "../../src/core/stamp.ts";
import { parseSchedule } from "../../src/core/views/shards.ts";
import type { Database, JobRun, ViewerSession } from "../../src/ports/database.ts";
import { content } from "../support/events.ts";
import { JobDesk } from "../support/jobs.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../support/mysql.ts";
import { tallyStatus } from "../support/tally-status.ts";

const DAY_MS = 86_400_000;
const MONTH = /^p\d{6}$/;
const DDL_DISABLED = { kind: "sql-error", errno: 1105, message: "direct DDL is disabled" } as const;

let gateway: FreshGateway;
let database: Database;

beforeEach(async () => {
  if (NO_MYSQL) return;
  gateway = await freshGateway();
  await migrateMySql(gateway.url);
  database = mysqlDatabase(gateway.url);
});

afterEach(() => gateway?.close());

const ask = async (sql: string): Promise<readonly RowDataPacket[]> => {
  const connection = await createConnection(gateway.address);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
};

const rowsIn = async (table: AgeingTable, partition: string): Promise<number> => {
  const [row] = await ask(`SELECT COUNT(*) AS n FROM ${table} PARTITION (${partition})`);
  return Number(row?.n);
};

const namesOf = async (table: AgeingTable): Promise<readonly string[]> =>
  ((await database.upkeep.partitions(table)) ?? []).map(({ name }) => name);

const schedule = () => {
  const parsed = parseSchedule("2");
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

/** The nightly job at a time, with every shard closed through another. */
const night = async (
  now: number,
  closedThrough: number,
): Promise<JobRun & { readonly notes: readonly { readonly cause: string }[] }> => {
  const tallies = { status: async () => tallyStatus({ closedThrough }) };
  const desk = new JobDesk(now);
  const { upkeep: tables, idempotency } = database;
  const run = await upkeep({
    ...{ ...desk, tallies, schedule: schedule(), upkeep: tables, idempotency },
  });
  return { ...run, notes: run.detail === "" ? [] : JSON.parse(run.detail) };
};

const session = (startedDay: number): ViewerSession => ({
  startedDay,
  session: `s${startedDay}`,
  stream: "stream",
  visitor: "v",
  startedAt: 1,
  endedAt: null,
  stamp: stamp(1, 1),
});

const dateNumber = (at: number): number =>
  Number(new Date(at).toISOString().slice(0, 10).replaceAll("-", ""));

describe.skipIf(NO_MYSQL)("upkeep of MySQL's partitions", () => {
  test("a new database has partitions for what is kept and what is to come, and a catch-all", async () => {
    for (const table of AGEING_TABLES) {
      const names = await namesOf(table);
      expect(names.at(-1)).toBe("pmax");
      expect(names.length).toBeGreaterThan(3);
    }
    expect(await namesOf("view_hourly")).toEqual(
      expect.arrayContaining([expect.stringMatching(MONTH)]),
    );
    expect(await night(Date.now(), 0)).toMatchObject({ failures: 0, statements: 1, rows: 0 });
  });

  test("weeks of missed nights are made good: what fell into the catch-all gets its days, and none is lost", async () => {
    const later = Date.now() + 28 * DAY_MS;
    const days = Array.from({ length: 28 }, (_, index) => dateNumber(Date.now() + index * DAY_MS));
    await database.streams.saveSessions(days.map(session));
    expect(await rowsIn("user_sessions", "pmax")).toBeGreaterThan(0);
    const run = await night(later, 0);
    expect(run).toMatchObject({ failures: 0, notes: [] });
    expect(await rowsIn("user_sessions", "pmax")).toBe(0);
    const [all] = await ask("SELECT COUNT(*) AS n FROM user_sessions");
    expect(all?.n).toBe(28);
    expect(await rowsIn("user_sessions", `p${days[20]}`)).toBe(1);
    expect(await night(later, 0)).toMatchObject({ statements: 1 });
  });

  test("what is too old goes by the partition; hourly counts only when every shard has closed them", async () => {
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const cell = {
      content: content("a"),
      hour,
      shard: 0,
      views: 1,
      final: true,
      stamp: stamp(1, 1),
    };
    await database.counts.saveCells([cell]);
    await database.streams.saveSessions([session(dateNumber(Date.now()))]);
    const nextYear = Date.now() + 500 * DAY_MS;
    await night(nextYear, hour);
    expect(await database.counts.hours(cell.content, 0, nextYear)).toEqual([cell]);
    expect(await ask("SELECT 1 FROM user_sessions")).toEqual([]);
    await night(nextYear, nextYear - 90 * DAY_MS);
    expect(await database.counts.hours(cell.content, 0, nextYear)).toEqual([]);
  });

  test("an answer lost after the change is no failure, and the change is made once", async () => {
    gateway.faults.add({ when: /^\s*ALTER/i, times: 2, fault: { kind: "apply-and-drop" } });
    const later = Date.now() + 40 * DAY_MS;
    expect(await night(later, 0)).toMatchObject({ failures: 0, notes: [] });
    const names = await namesOf("user_sessions");
    expect(new Set(names).size).toBe(names.length);
    expect(await night(later, 0)).toMatchObject({ statements: 1 });
  });

  test("where tables may not be changed, rows are deleted in batches and what is missing is said", async () => {
    await database.streams.saveSessions([session(19_990_101), session(dateNumber(Date.now()))]);
    gateway.faults.add({
      when: /^\s*ALTER/i,
      times: Number.POSITIVE_INFINITY,
      fault: DDL_DISABLED,
    });
    const run = await night(Date.now() + 20 * DAY_MS, 0);
    expect(run.failures).toBe(0);
    expect(run.rows).toBe(1);
    expect(run.notes.map(({ cause }) => cause).join()).toContain("refused to add");
    expect(await ask("SELECT started_day FROM user_sessions")).toEqual([
      { started_day: dateNumber(Date.now()) },
    ]);
  });
});
