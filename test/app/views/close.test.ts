import { expect, test } from "vitest";
import { close } from "../../../src/app/views/close.ts";
import { parseSchedule } from "../../../src/core/views/shards.ts";
import { JobDesk } from "../../support/jobs.ts";

const NIGHT = Date.UTC(2026, 10, 22, 2, 0, 3);
const BOUND = Date.UTC(2026, 7, 24, 2);

const eight = () => {
  const parsed = parseSchedule("4,8@2026-01-01T00Z");
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

/** Tallies of which some are away. */
const run = (desk: JobDesk, away: readonly number[] = []) => {
  const asked: (readonly [shard: number, before: number])[] = [];
  const tallies = {
    async close(shard: number, before: number) {
      asked.push([shard, before]);
      if (away.includes(shard)) throw new Error("no answer");
      return {
        closedThrough: before,
        cells: shard,
        statements: 2,
        raw: { deleted: 0, left: false },
      };
    },
  };
  return { asked, run: close({ ...desk, tallies, schedule: eight() }) };
};

test("every shard of the schedule is asked to close the hours 90 days back, by whole hours", async () => {
  const desk = new JobDesk(NIGHT);
  const { asked, run: done } = run(desk);
  expect(await done).toMatchObject({
    job: "close",
    rows: 28,
    statements: 16,
    failures: 0,
    detail: "",
  });
  expect(asked.toSorted(([a], [b]) => a - b)).toEqual(
    Array.from({ length: 8 }, (_, shard) => [shard, BOUND]),
  );
  expect(desk.recorded).toEqual([await done]);
});

test("a shard that fails is named in the run, and the others are closed all the same", async () => {
  const desk = new JobDesk(NIGHT);
  const { asked, run: done } = run(desk, [2, 5]);
  const { failures, rows, detail } = await done;
  expect([failures, rows, asked.length]).toEqual([2, 21, 8]);
  expect(JSON.parse(detail)).toEqual([
    { shard: 2, cause: "Error: no answer" },
    { shard: 5, cause: "Error: no answer" },
  ]);
  expect(desk.logged).toEqual(["close.shard-failed", "close.shard-failed", "close.done"]);
});

test("a run that cannot be recorded has run all the same", async () => {
  const desk = new JobDesk(NIGHT);
  desk.away = true;
  expect(await run(desk).run).toMatchObject({ rows: 28, failures: 0 });
  expect(desk.logged).toEqual(["close.done", "close.unrecorded"]);
});
