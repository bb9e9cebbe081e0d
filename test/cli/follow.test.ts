import fc from "fast-check";
import { expect, test } from "vitest";
import type { CorrectorStanding } from "../../cli/service/api.ts";
import { Unreachable } from "../../cli/service/ask.ts";
import { follow, type ShardWay } from "../../cli/service/follow.ts";
import { Failure } from "../../dev/run/flags.ts";

type Look = readonly CorrectorStanding[] | Error;

/** Looks come one after the other, the last one for ever; time passes in the pauses alone. */
const watch = (looks: readonly Look[], patienceMs = 60_000) => {
  let at = 0;
  let looked = 0;
  const controller = new AbortController();
  const reports: (readonly ShardWay[])[] = [];
  const pauses: number[] = [];
  const deps = {
    async correctors() {
      const look = looks[Math.min(looked, looks.length - 1)] ?? [];
      looked += 1;
      if (look instanceof Error) throw look;
      return look;
    },
    report: (ways: readonly ShardWay[]) => void reports.push(ways),
    now: () => at,
    async pause(ms: number) {
      at += ms;
      pauses.push(ms);
    },
    signal: controller.signal,
    patienceMs,
  };
  return { deps, reports, pauses, controller, now: () => at };
};

const rest = (shard: number) => ({ shard, waiting: 0 });
const busy = (shard: number, waiting: number) => ({
  shard,
  waiting,
  running: { hour: 0, run: 1, phase: "read" },
});
const failing = (shard: number, waiting: number) => ({ shard, waiting, failure: "R2 is away" });
const down = new Unreachable("it does not answer");

const TAKEN = [
  { shard: 0, waiting: 2 },
  { shard: 1, waiting: 5 },
];

test("it ends when no shard waits or works any more, and not before", async () => {
  const { deps, reports } = watch([
    [busy(0, 2), busy(1, 5)],
    [rest(0), busy(1, 1)],
    [rest(0), { ...busy(1, 0) }],
    [rest(0), rest(1)],
  ]);
  const ways = await follow(deps, TAKEN);
  expect(ways).toMatchObject([
    { shard: 0, steps: 2, left: 0, state: "done" },
    { shard: 1, steps: 5, left: 0, state: "done" },
  ]);
  expect(reports).toHaveLength(4);
});

test("a service that is away for less than its patience is waited for, and then followed on", async () => {
  const { deps, reports } = watch([[busy(0, 2)], down, down, [busy(0, 1)], [rest(0)]]);
  const ways = await follow(deps, [{ shard: 0, waiting: 2 }]);
  expect(ways).toMatchObject([{ state: "done", trouble: undefined }]);
  expect(reports[1]).toMatchObject([{ state: "working", trouble: "it does not answer" }]);
});

test("a service that stays away is given up when its patience is over", async () => {
  const { deps, now } = watch([[busy(0, 2)], down]);
  const ways = await follow(deps, [{ shard: 0, waiting: 2 }]);
  expect(ways).toMatchObject([{ left: 2, state: "stuck", trouble: "it does not answer" }]);
  expect(now()).toBeGreaterThanOrEqual(60_000);
  expect(now()).toBeLessThan(75_000);
});

test("a shard that fails for long holds up no other, and is named with what is left", async () => {
  const { deps, now } = watch([
    [failing(0, 2), busy(1, 5)],
    [failing(0, 2), rest(1)],
  ]);
  expect(await follow(deps, TAKEN)).toMatchObject([
    { left: 2, state: "stuck", trouble: "R2 is away" },
    { left: 0, state: "done" },
  ]);
  expect(now()).toBeGreaterThanOrEqual(60_000);
});

test("a shard that fails now and then but gets its hours done is not given up", async () => {
  const looks = Array.from({ length: 100 }, (_, i) => [failing(0, 100 - i)]);
  const { deps, now } = watch([...looks, [rest(0)]]);
  const ways = await follow(deps, [{ shard: 0, waiting: 100 }]);
  expect(ways).toMatchObject([{ steps: 100, state: "done" }]);
  expect(now()).toBeGreaterThan(60_000);
});

test("a shard that works on one hour for long without trouble is waited for", async () => {
  const { deps, now } = watch([...Array.from({ length: 50 }, () => [busy(0, 1)]), [rest(0)]]);
  expect(await follow(deps, [{ shard: 0, waiting: 1 }])).toMatchObject([{ state: "done" }]);
  expect(now()).toBeGreaterThan(120_000);
});

test("a shard that did not take the order is not waited for", async () => {
  const { deps } = watch([
    [busy(0, 1), busy(1, 9)],
    [rest(0), busy(1, 9)],
  ]);
  const ways = await follow(deps, [
    { shard: 0, waiting: 1 },
    { shard: 1, failed: "no answer" },
  ]);
  expect(ways).toMatchObject([{ state: "done" }, { state: "refused", trouble: "no answer" }]);
});

test("a shard whose Corrector does not answer, or that is named no more, is in trouble", async () => {
  const { deps } = watch([[{ shard: 0, failed: "timed out" }]], 1_000);
  expect(await follow(deps, TAKEN)).toMatchObject([
    { left: 2, state: "stuck", trouble: "timed out" },
    { left: 5, state: "stuck", trouble: "the status does not name it" },
  ]);
});

test("what no waiting mends is thrown at once", async () => {
  const { deps, pauses } = watch([new Failure("another key")]);
  await expect(follow(deps, TAKEN)).rejects.toThrow("another key");
  expect(pauses).toEqual([]);
});

test("it stops looking when nobody wants to follow any more", async () => {
  const { deps, controller, reports } = watch([[busy(0, 2), busy(1, 5)]]);
  const pause = async (ms: number) => {
    if (ms > 1_000) controller.abort();
  };
  const ways = await follow({ ...deps, pause }, TAKEN);
  expect(ways).toMatchObject([{ state: "working" }, { state: "working" }]);
  expect(reports).toHaveLength(4);
});

test("whatever a Corrector does, it is asked at bounded intervals, and shown never to have done more than there was", async () => {
  const look = fc.oneof(
    fc.constant(down),
    fc.nat(20).map((waiting) => [busy(0, waiting)]),
    fc.nat(20).map((waiting) => [failing(0, waiting)]),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(look, { maxLength: 30 }), fc.nat(20), async (looks, waiting) => {
      const { deps, pauses, reports } = watch([...looks, [rest(0)]]);
      const [way] = await follow(deps, [{ shard: 0, waiting }]);
      expect(["done", "stuck"]).toContain(way?.state);
      for (const pause of pauses) expect(pause >= 250 && pause <= 5_000).toBe(true);
      for (const [told] of reports) expect(told?.left).toBeLessThanOrEqual(told?.steps ?? 0);
    }),
  );
});
