import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startCrons } from "../../dev/run/crons.ts";

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 23, 58, 30) });
});
afterEach(() => {
  vi.useRealTimers();
});

test("every expression fires at its times in UTC, with the time it was due", async () => {
  const runs: string[] = [];
  const run = async (expression: string, at: Date) => {
    runs.push(`${expression} at ${at.toISOString().slice(5, 16)}`);
  };
  const expressions = ["*/5 * * * *", "0 0 * * 1"];
  startCrons({ expressions, run, report: () => undefined });
  await vi.advanceTimersByTimeAsync(7 * MINUTE_MS);
  // 22 November 2026 is a Sunday, day 1 of the platform's week.
  expect(runs).toEqual([
    "*/5 * * * * at 11-22T00:00",
    "0 0 * * 1 at 11-22T00:00",
    "*/5 * * * * at 11-22T00:05",
  ]);
});

test("a run that fails is reported, and the next one comes", async () => {
  const reports: string[] = [];
  let runs = 0;
  const run = async () => {
    runs += 1;
    throw new Error("no database");
  };
  startCrons({ expressions: ["* * * * *"], run, report: (line) => reports.push(line) });
  await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
  expect(runs).toBe(2);
  expect(reports).toEqual(Array(2).fill("cron * * * * *: Error: no database"));
});

test("a run that takes long has no second one beside it", async () => {
  const reports: string[] = [];
  const ends: (() => void)[] = [];
  const run = () => new Promise<void>((resolve) => ends.push(resolve));
  startCrons({ expressions: ["* * * * *"], run, report: (line) => reports.push(line) });
  await vi.advanceTimersByTimeAsync(3 * MINUTE_MS);
  expect(ends).toHaveLength(1);
  expect(reports).toHaveLength(2);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(ends).toHaveLength(2);
});
