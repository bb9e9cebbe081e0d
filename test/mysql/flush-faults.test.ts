import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { proveFlush } from "../../dev/prove/flush.ts";
import { type FreshDatabase, freshDatabase, NO_MYSQL } from "../support/mysql.ts";

describe.skipIf(NO_MYSQL)("flushes over a broken wire", () => {
  let mysql: FreshDatabase;

  beforeAll(async () => {
    mysql = await freshDatabase();
  });

  afterAll(() => mysql.drop());

  test("1,000 of them, overlapping, over a wire that loses, doubles, delays and reorders: in the end MySQL equals the Tallies to the row", async () => {
    const report = await proveFlush({ mysql: mysql.address, flushes: 1_000, seed: 1 });
    expect(report).toMatchObject({ flushes: 1_000, differingCells: 0, differingTotals: 0 });
    expect(report.cells).toBeGreaterThan(1_000);
    expect(report.totals).toBeGreaterThan(1_000);
    // Some were given up although every statement was tried again, and some were not.
    expect(report.failedFlushes).toBeGreaterThan(100);
    expect(report.failedFlushes).toBeLessThan(900);
    const kinds = ["apply-and-drop", "cut", "delay", "error 1205", "error 1213"];
    kinds.push("hold", "refuse", "status", "twice");
    expect(new Set(report.mishaps.keys())).toEqual(new Set(kinds));
    expect(Math.min(...report.mishaps.values())).toBeGreaterThan(20);
  }, 120_000);
});
