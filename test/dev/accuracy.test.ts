import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Evidence } from "../../dev/accuracy/evidence.ts";
import { judge } from "../../dev/accuracy/judge.ts";
import type { Counts } from "../../dev/accuracy/oracle.ts";
import { run } from "../../dev/accuracy/run.ts";
import { FEW_SHARDS } from "../../dev/accuracy/setting.ts";
import { type FreshDatabase, freshDatabase, NO_MYSQL } from "../support/mysql.ts";

const RUN_DEADLINE_MS = 240_000;

/** The short form of `npm run accuracy`. */
describe.skipIf(NO_MYSQL)("twenty thousand events of two days", () => {
  let database: FreshDatabase;
  let evidence: Evidence;

  beforeAll(async () => {
    database = await freshDatabase();
    const mysql = database.address;
    const options = { events: 20_000, seed: 7, shards: FEW_SHARDS, mysql, log: () => undefined };
    ({ evidence } = await run(options));
  }, RUN_DEADLINE_MS);

  afterAll(() => database?.drop());

  const broken = (changes: Partial<Evidence>): readonly string[] =>
    judge({ ...evidence, ...changes }).flatMap(({ kept, promise }) => (kept ? [] : [promise]));

  test("end as an oracle that shares no code has it: cells, rows, uniques, regions, and DuckDB's recount", () => {
    expect(judge(evidence).filter(({ kept }) => !kept)).toEqual([]);
  });

  test("are no easy ones: copies, early and late confirms, and some that only correction settles", () => {
    const { truth, realtime, cells } = evidence;
    expect(truth.counted).toBeLessThan(truth.acknowledged);
    expect([...cells].some(([key, counted]) => realtime.get(key) !== counted)).toBe(true);
  });

  test.each([
    ["rows", "a cell's row in the database is the Tally's"],
    ["days", "a day is the sum of its hours"],
    ["uniques", "uniques of a day are the oracle's"],
    ["countries", "countries of a day are the oracle's"],
    ["regions", "regions of a day are the oracle's"],
    ["recounted", "DuckDB counts the raw log anew to the same"],
    ["rawCounted", "where nothing was corrected, lines counted make the cell"],
    ["told", "statistics tell what SQL finds"],
  ] as const)("are judged: one number too many in %s breaks its promise alone", (what, promise) => {
    expect(broken({ [what]: oneMore(evidence[what]) })).toEqual([promise]);
  });

  test("are judged: one cell that is wrong breaks its promise", () => {
    const promise = "after correction every cell is the oracle's";
    expect(broken({ cells: oneMore(evidence.cells) })).toContain(promise);
  });

  test("are judged: a row that is missing breaks its promise too", () => {
    const [key = ""] = evidence.rows.keys();
    const rows = new Map(evidence.rows);
    rows.delete(key);
    expect(broken({ rows })).toEqual(["a cell's row in the database is the Tally's"]);
  });

  test("are judged: a realtime that misses one content-hour in two hundred is not accurate enough", () => {
    const realtime = new Map([...evidence.realtime].filter((_, index) => index % 200 !== 0));
    expect(broken({ realtime })).toEqual(["before correction a content-hour is 99.9 % accurate"]);
  });
});

const oneMore = (counts: Counts): Counts => {
  const [[key, number] = ["", 0]] = counts;
  return new Map([...counts, [key, number + 1]]);
};
