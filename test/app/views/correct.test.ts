import { describe, expect, test } from "vitest";
import { correct, correctDay, orderCorrection } from "../../../src/app/views/correct.ts";
import { inShardOrder } from "../../../src/app/views/every-shard.ts";
import { makeCalendar } from "../../../src/core/views/reporting-day.ts";
import type { CorrectionOrder } from "../../../src/protocol/correction-rpc.ts";
import { JobDesk } from "../../support/jobs.ts";

const NIGHT = Date.UTC(2026, 10, 22, 2, 0, 3);

const calendarOf = (zone: string) => {
  const made = makeCalendar(zone, NIGHT);
  if (made.status === "refused") throw new Error(made.reason);
  return made.calendar;
};

/** Three Correctors, of which some are away. */
const makeDesk = ({ zone = "UTC", away = [] as readonly number[], now = NIGHT } = {}) => {
  const desk = new JobDesk(now);
  const orders: (readonly [shard: number, order: CorrectionOrder])[] = [];
  const correctors = {
    async correct(shard: number, order: CorrectionOrder) {
      // The first answers last.
      for (let turn = shard; turn < 3; turn += 1) await Promise.resolve();
      orders.push([shard, order]);
      if (away.includes(shard)) throw new Error("no answer");
      return { waiting: 10 ** shard };
    },
  };
  const schedule = [{ count: 3, fromHourMs: 0 }] as const;
  return { desk, orders, deps: { ...desk, correctors, schedule, calendar: calendarOf(zone) } };
};

test("every Corrector is told to take up what is due, and the run counts the hours that wait", async () => {
  const { desk, orders, deps } = makeDesk();
  const run = await correct(deps);
  expect(run).toMatchObject({ job: "correct", rows: 111, failures: 0, detail: "" });
  expect(orders.toSorted(([a], [b]) => a - b)).toEqual([
    [0, { kind: "due" }],
    [1, { kind: "due" }],
    [2, { kind: "due" }],
  ]);
  expect(desk.recorded).toEqual([run]);
  expect(desk.logged).toEqual(["correct.done"]);
});

test("a shard that fails is named in the run, and the others are told all the same", async () => {
  const { desk, orders, deps } = makeDesk({ away: [1] });
  const { failures, rows, detail } = await correct(deps);
  expect([failures, rows, orders.length]).toEqual([1, 101, 3]);
  expect(JSON.parse(detail)).toEqual([{ shard: 1, cause: "Error: no answer" }]);
  expect(desk.logged).toEqual(["correct.shard-failed", "correct.done"]);
});

describe("the day that is settled at night is the last reporting day that has ended:", () => {
  test.each([
    ["UTC", "2026-11-21T00:00Z", "2026-11-22T00:00Z"],
    ["Asia/Tokyo", "2026-11-20T15:00Z", "2026-11-21T15:00Z"],
    ["America/Los_Angeles", "2026-11-20T08:00Z", "2026-11-21T08:00Z"],
  ])("in %s %s to %s", async (zone, start, end) => {
    const { orders, deps } = makeDesk({ zone });
    expect(await correctDay(deps)).toMatchObject({ job: "correct-day", rows: 111, failures: 0 });
    const day = { kind: "day", startMs: Date.parse(start), endMs: Date.parse(end) };
    expect(orders.map(([, order]) => order)).toEqual([day, day, day]);
  });

  test("of 25 hours where the clocks went back", async () => {
    const { orders, deps } = makeDesk({ zone: "Europe/Berlin", now: Date.UTC(2026, 9, 26, 2) });
    await correctDay(deps);
    const [[, order] = []] = orders;
    const [startMs, endMs] = [Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23)];
    expect(order).toEqual({ kind: "day", startMs, endMs });
  });
});

test("an order is answered by every shard, in their order, also by those that fail", async () => {
  const { orders, deps } = makeDesk({ away: [1] });
  const order = { kind: "hours", from: 0, to: 3_600_000, reason: "manual" } as const;
  expect(inShardOrder(await orderCorrection(deps, order))).toEqual([
    { shard: 0, waiting: 1 },
    { shard: 1, failed: "Error: no answer" },
    { shard: 2, waiting: 100 },
  ]);
  expect(orders.map(([, given]) => given)).toEqual([order, order, order]);
});
