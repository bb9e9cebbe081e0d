import fc from "fast-check";
import { expect, test } from "vitest";
import { readCorrections } from "../../../src/app/views/read-corrections.ts";
import type { CorrectionQuery, CorrectionRun } from "../../../src/ports/correction-tables.ts";

const makeRun = (run: number, startedAt: number): CorrectionRun => ({
  shard: 0,
  hour: 0,
  run,
  reason: "hourly",
  outcome: "done",
  startedAt,
  durationMs: 1,
  events: 0,
  before: 0,
  after: 0,
  changed: 0,
  detail: "{}",
});

const tablesOf = (runs: readonly CorrectionRun[]) => ({
  list: async ({ limit, before = Number.POSITIVE_INFINITY }: CorrectionQuery) =>
    runs
      .filter(({ startedAt }) => startedAt < before)
      .toSorted((a, b) => b.startedAt - a.startedAt)
      .slice(0, limit),
});

const readAll = async (runs: readonly CorrectionRun[], limit: number) => {
  const pages: (readonly CorrectionRun[])[] = [];
  let before: number | undefined;
  do {
    const page = await readCorrections(tablesOf(runs), { limit, before });
    pages.push(page.runs);
    before = page.next;
  } while (before !== undefined);
  return pages;
};

test("page by page every run is told once, however many began in one millisecond", async () => {
  const starts = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(starts, fc.integer({ min: 1, max: 8 }), async (times, limit) => {
      const runs = times.map((startedAt, run) => makeRun(run, startedAt));
      const pages = await readAll(runs, limit);
      const told = pages.flat();
      expect(told.map(({ run }) => run).toSorted()).toEqual(runs.map(({ run }) => run).toSorted());
      expect(told.map(({ startedAt }) => startedAt)).toEqual(times.toSorted((a, b) => b - a));
      // An empty page is the only one of its kind.
      if (runs.length > 0) for (const page of pages) expect(page).not.toEqual([]);
    }),
  );
});

test("a page is as long as was asked for where runs began at times of their own", async () => {
  const runs = Array.from({ length: 7 }, (_, run) => makeRun(run, run));
  const pages = await readAll(runs, 3);
  expect(pages.map((page) => page.map(({ run }) => run))).toEqual([[6, 5, 4], [3, 2, 1], [0]]);
});
