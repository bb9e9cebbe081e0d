import { describe, expect, test } from "vitest";
import { upkeep } from "../../src/app/upkeep.ts";
import { DELETE_BATCH_ROWS, DELETE_MAX_STATEMENTS } from "../../src/core/limits.ts";
import type { Partition } from "../../src/core/partitions.ts";
import { parseSchedule } from "../../src/core/views/shards.ts";
import { JobDesk } from "../support/jobs.ts";
import { MemoryUpkeepTables } from "../support/memory-upkeep-tables.ts";
import { tallyStatus } from "../support/tally-status.ts";

const NIGHT = Date.UTC(2026, 10, 22, 2);
/** Before it hourly counts are older than kept. */
const KEPT_FROM = Date.UTC(2025, 10);
const DAY_MS = 86_400_000;

const three = () => {
  const parsed = parseSchedule("3");
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

const CLOSED = [NIGHT - 90 * DAY_MS, NIGHT - 90 * DAY_MS, NIGHT - 90 * DAY_MS] as const;

/** @param closed of each shard; `undefined` does not answer */
const night = async (
  tables: MemoryUpkeepTables,
  closed: readonly (number | undefined)[] = CLOSED,
) => {
  const desk = new JobDesk(NIGHT);
  const tallies = {
    async status(shard: number) {
      const closedThrough = closed[shard];
      if (closedThrough === undefined) throw new Error("no answer");
      return tallyStatus({ closedThrough });
    },
  };
  tables.done.length = 0;
  const run = await upkeep({
    ...{ ...desk, tallies, schedule: three(), upkeep: tables },
    idempotency: { deleteBefore: (before, limit) => tables.forgetRequests(before, limit) },
  });
  expect(desk.recorded).toEqual([run]);
  return { ...run, notes: run.detail === "" ? [] : JSON.parse(run.detail) };
};

const month = (name: string, below: number): Partition => ({ name, below });
const CATCH_ALL: Partition = { name: "pmax", below: undefined };

/** Hourly counts of autumn 2025 and a partition far ahead. */
const autumn = (): MemoryUpkeepTables => {
  const tables = new MemoryUpkeepTables();
  tables.kept.set("view_hourly", [
    month("p202509", Date.UTC(2025, 9)),
    month("p202510", KEPT_FROM),
    month("p202701", Date.UTC(2027, 1)),
    CATCH_ALL,
  ]);
  return tables;
};

describe("a night", () => {
  test("makes room ahead before it drops, and the next one finds nothing to do", async () => {
    const tables = autumn();
    expect(await night(tables)).toMatchObject({ job: "upkeep", failures: 0, detail: "" });
    expect(tables.done.filter((what) => what.startsWith("view_hourly"))).toEqual([
      "view_hourly + 1",
      "view_hourly - p202509",
      "view_hourly - p202510",
    ]);
    expect(tables.done.filter((what) => what.includes("-"))).toHaveLength(2);
    expect(await night(tables)).toMatchObject({ statements: 1, rows: 0, failures: 0 });
    expect(tables.done).toEqual([]);
  });

  test("drops hourly counts only as far as the slowest shard is closed", async () => {
    const tables = autumn();
    await night(tables, [NIGHT, Date.UTC(2025, 9), NIGHT]);
    expect(tables.done).toContain("view_hourly - p202509");
    expect(tables.done).not.toContain("view_hourly - p202510");
  });

  test("in which a shard does not answer drops no hourly counts, says so, and does everything else", async () => {
    const tables = autumn();
    tables.kept.set("viewer_history", [month("p202510", KEPT_FROM), CATCH_ALL]);
    const { failures, notes } = await night(tables, [NIGHT, undefined, NIGHT]);
    expect(failures).toBe(1);
    expect(notes).toEqual([
      { table: "view_hourly", cause: expect.stringMatching(/shard 1: Error: no answer/) },
    ]);
    expect(tables.done).toContain("view_hourly + 1");
    expect(tables.done).toContain("viewer_history - p202510");
    expect(tables.done.filter((what) => what.startsWith("view_hourly -"))).toEqual([]);
  });

  test("in which a table fails does the others and names the one", async () => {
    const tables = autumn();
    tables.broken = "viewer_history";
    const { failures, notes } = await night(tables);
    expect([failures, notes]).toEqual([
      1,
      [{ table: "viewer_history", cause: "Error: no answer" }],
    ]);
    expect(tables.done).toContain("view_hourly - p202510");
    expect(tables.done).toContain("user_sessions + 45");
  });
});

describe("what repeated requests were answered", () => {
  const requests = (count: number) => Array.from({ length: count }, () => NIGHT - DAY_MS - 1);

  test("goes after a day in bounded statements, the rest of it in the next night, and none that is kept", async () => {
    const tables = autumn();
    const much = DELETE_BATCH_ROWS * DELETE_MAX_STATEMENTS;
    tables.requests = [...requests(much + 2), NIGHT - DAY_MS, NIGHT];
    expect(await night(tables)).toMatchObject({
      rows: much,
      failures: 0,
      notes: [{ table: "idempotency_keys", cause: expect.stringContaining("more rows") }],
    });
    expect(await night(tables)).toMatchObject({ rows: 2, notes: [] });
    expect(tables.requests).toEqual([NIGHT - DAY_MS, NIGHT]);
  });

  test("stays when it cannot be deleted: the run names it, and has done everything else", async () => {
    const tables = autumn();
    tables.requestsBroken = true;
    const { failures, notes } = await night(tables);
    expect([failures, notes]).toEqual([
      1,
      [{ table: "idempotency_keys", cause: "Error: no answer" }],
    ]);
    expect(tables.done).toContain("view_hourly - p202509");
  });
});

describe("where rows have to go one by one", () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => KEPT_FROM - count + i);

  test("those too old go in bounded statements, and none that is kept", async () => {
    const tables = new MemoryUpkeepTables();
    tables.hasPartitions = false;
    tables.rows.set("view_hourly", [...rows(DELETE_BATCH_ROWS + 3), KEPT_FROM, NIGHT]);
    expect(await night(tables)).toMatchObject({ rows: DELETE_BATCH_ROWS + 3, detail: "" });
    expect(tables.done).toEqual([`view_hourly: ${DELETE_BATCH_ROWS} rows`, "view_hourly: 3 rows"]);
    expect(tables.rows.get("view_hourly")).toEqual([KEPT_FROM, NIGHT]);
  });

  test("those not closed stay, and while a shard does not answer all stay", async () => {
    const tables = new MemoryUpkeepTables();
    tables.hasPartitions = false;
    tables.rows.set("view_hourly", rows(3));
    await night(tables, [NIGHT, Date.UTC(2025, 9, 20), NIGHT]);
    await night(tables, [NIGHT, undefined, NIGHT]);
    expect(tables.rows.get("view_hourly")).toHaveLength(3);
  });

  test("what is too much for one night is left for the next, and the run says so without calling it a failure", async () => {
    const tables = new MemoryUpkeepTables();
    tables.hasPartitions = false;
    const much = DELETE_BATCH_ROWS * DELETE_MAX_STATEMENTS;
    tables.rows.set("view_hourly", rows(much + 1));
    expect(await night(tables)).toMatchObject({
      rows: much,
      failures: 0,
      notes: [{ table: "view_hourly", cause: expect.stringContaining("more rows") }],
    });
    expect(await night(tables)).toMatchObject({ rows: 1, detail: "" });
  });

  test("because partitions may not be dropped, they do", async () => {
    const tables = autumn();
    tables.refuses = new Set(["drop"]);
    tables.rows.set("view_hourly", rows(4));
    expect(await night(tables)).toMatchObject({ rows: 4, failures: 0 });
  });

  test("because none may be added, they do too, and the run says what was to be added and whether it is late", async () => {
    const tables = autumn();
    tables.refuses = new Set(["add"]);
    tables.rows.set("view_hourly", rows(4));
    tables.kept.set("viewer_history", [month("p202610", Date.UTC(2026, 10)), CATCH_ALL]);
    const { rows: deleted, failures, notes } = await night(tables);
    expect([deleted, failures]).toEqual([4, 0]);
    expect(notes).toContainEqual({
      table: "view_hourly",
      cause: "the database refused to add p202702",
    });
    expect(notes).toContainEqual({
      table: "viewer_history",
      cause: expect.stringMatching(/refused to add p202611, .*; the catch-all holds rows already$/),
    });
  });
});
