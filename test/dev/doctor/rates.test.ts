import { expect, test } from "vitest";
import { ratesBetween } from "../../../dev/doctor/rates.ts";
import { renderRates } from "../../../dev/doctor/watch.ts";

const sample = (atMs: number, status: Readonly<Record<string, number>>) => ({
  atMs,
  status: new Map(Object.entries(status).map(([name, value]) => [name, `${value}`])),
});

const FIRST = {
  Innodb_buffer_pool_read_requests: 1_000,
  Innodb_buffer_pool_reads: 100,
  Handler_write: 50,
  Handler_update: 5,
  Innodb_os_log_written: 1_000_000,
  Innodb_data_fsyncs: 10,
  Innodb_checkpoint_age: 5_000,
  Innodb_buffer_pool_pages_dirty: 10,
  Innodb_buffer_pool_pages_total: 1_000,
  Threads_running: 1,
  Slow_queries: 3,
};

const SECOND = {
  Innodb_buffer_pool_read_requests: 3_000,
  Innodb_buffer_pool_reads: 120,
  Handler_write: 2_050,
  Handler_update: 1_005,
  Innodb_os_log_written: 5_000_000,
  Innodb_data_fsyncs: 20,
  Innodb_checkpoint_age: 9_000,
  Innodb_buffer_pool_pages_dirty: 50,
  Innodb_buffer_pool_pages_total: 1_000,
  Threads_running: 4,
  Slow_queries: 5,
};

test("counters become rates by the time between, and levels stay what they are", () => {
  const rates = ratesBetween(sample(1_000, FIRST), sample(3_000, SECOND));
  expect(rates).toEqual({
    hitRatio: 0.99,
    rowsPerSecond: 1_500,
    redoBytesPerSecond: 2_000_000,
    fsyncsPerSecond: 5,
    checkpointAgeBytes: 9_000,
    dirtyShare: 0.05,
    threadsRunning: 4,
    slowStatements: 2,
  });
  expect(renderRates(rates, new Date("2026-11-21T10:11:12Z"))).toBe(
    "10:11:12  99.00     1500      2.00      5.0      0.0    5.00       4    2",
  );
});

test("rows that the server counts itself are taken before calls of a handler", () => {
  const rows = (inserted: number) => ({ Innodb_rows_inserted: inserted, Innodb_rows_updated: 0 });
  const before = sample(0, { ...FIRST, ...rows(10) });
  const after = sample(1_000, { ...SECOND, ...rows(30) });
  expect(ratesBetween(before, after).rowsPerSecond).toBe(20);
});

test("MySQL's checkpoint age is the distance of two positions", () => {
  const lsn = { Innodb_redo_log_current_lsn: 900, Innodb_redo_log_checkpoint_lsn: 300 };
  expect(ratesBetween(sample(0, lsn), sample(1_000, lsn)).checkpointAgeBytes).toBe(600);
});

test("a counter that began anew gives no rate, and never one below 0", () => {
  const rates = ratesBetween(sample(0, SECOND), sample(2_000, FIRST));
  expect(rates).toEqual({
    hitRatio: undefined,
    rowsPerSecond: undefined,
    redoBytesPerSecond: undefined,
    fsyncsPerSecond: undefined,
    checkpointAgeBytes: 5_000,
    dirtyShare: 0.01,
    threadsRunning: 1,
    slowStatements: undefined,
  });
});

test("one counter of two that began anew gives no half of a sum", () => {
  const after = { ...SECOND, Handler_update: 0 };
  expect(ratesBetween(sample(0, FIRST), sample(1_000, after)).rowsPerSecond).toBeUndefined();
});

test("no reads, no time and nothing shown are no numbers", () => {
  const idle = ratesBetween(sample(0, FIRST), sample(1_000, FIRST));
  expect(idle.hitRatio).toBeUndefined();
  expect(idle.fsyncsPerSecond).toBe(0);
  expect(ratesBetween(sample(5, FIRST), sample(5, SECOND)).fsyncsPerSecond).toBeUndefined();
  const hidden = ratesBetween(sample(0, {}), sample(1_000, {}));
  expect(renderRates(hidden, new Date(0))).toMatch(/^00:00:00(\s+-){8}$/);
});
