import { expect, test } from "vitest";
import type { Hash64 } from "../../../../src/core/hash.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../../src/core/limits.ts";
import type { ViewEvent } from "../../../../src/core/views/view-event.ts";
import { hexOfHash } from "../../../../src/protocol/hex.ts";
import { CorrectorWorld } from "../../../support/corrector-world.ts";
import { content, makeEvent, visitor } from "../../../support/events.ts";

const DAY = Date.UTC(2026, 10, 21);
const NINE = DAY + 9 * HOUR_MS;
const QUARTER_PAST_TEN = NINE + 75 * MINUTE_MS;

let serial = 0;
const view = (id: string, at: number, by: Hash64 = visitor(1)): ViewEvent => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: by });
};

/** Taken in as it happens. */
const happen = (world: CorrectorWorld, events: readonly ViewEvent[]): void => {
  const [first] = events;
  if (first !== undefined) world.now = Math.max(world.now, first.at + 3_000);
  world.append(events);
};

const day = (startMs: number) => ({ kind: "day", startMs, endMs: startMs + DAY_MS }) as const;

test("a chain of views over the edges of a night's hours counts as if nobody had corrected it, hour by hour and at once", async () => {
  const world = new CorrectorWorld({ now: NINE });
  const expected: Record<number, number> = {};
  let countedAt = Number.NEGATIVE_INFINITY;
  for (let at = NINE; at < NINE + 5 * HOUR_MS; at += 37_000) {
    happen(world, [view("a", at)]);
    if (at - countedAt < MINUTE_MS) continue;
    countedAt = at;
    const hour = at - (at % HOUR_MS);
    expected[hour] = (expected[hour] ?? 0) + 1;
    if (world.now % HOUR_MS > 20 * MINUTE_MS) await world.correct();
  }
  const all = () => world.hours().map(({ hour }) => [`${hour}`, world.cells(hour).a]);
  expect(all()).toEqual(Object.entries(expected));
  world.now = NINE + 6 * HOUR_MS;
  await world.correct();
  await world.correctHours(NINE, 5);
  expect(all()).toEqual(Object.entries(expected));
  expect([...world.records.values()].every(({ changed }) => changed === 0)).toBe(true);
});

test("a late copy makes a final hour dirty, the next order takes it and nothing else, and it counts nothing", async () => {
  const world = new CorrectorWorld({ now: NINE });
  const copied = view("a", NINE + 10 * MINUTE_MS);
  happen(world, [copied, view("b", NINE + 10 * MINUTE_MS)]);
  happen(world, [view("a", NINE + HOUR_MS + MINUTE_MS)]);
  world.now = NINE + 3 * HOUR_MS;
  await world.correct();
  const final = await world.flushed("a", NINE);
  expect(final).toMatchObject({ views: 1, final: true });
  world.append([copied]);
  const reopened = await world.flushed("a", NINE);
  expect(reopened).toMatchObject({ views: 1, final: false });
  expect(world.hours().map(({ dirty }) => dirty)).toEqual([true, false]);
  const runs = world.records.size;
  await world.correct();
  expect(world.records.size).toBe(runs + 1);
  const [last] = world.recordsOf(NINE).slice(-1);
  expect(last).toMatchObject({ reason: "late", before: 2, after: 2, changed: 0, events: 3 });
  const settled = await world.flushed("a", NINE);
  expect(settled).toMatchObject({ views: 1, final: true });
  const stamps = [final, reopened, settled].map((cell) => cell?.stamp ?? "");
  expect(stamps).toEqual([...new Set(stamps)].toSorted((one, other) => (one < other ? -1 : 1)));
  expect(await world.flushed("b", NINE)).toMatchObject({ final: true });
});

test("when every view of a content is excluded its published number holds until it is restated", async () => {
  const world = new CorrectorWorld({ now: NINE });
  happen(world, [view("bought", NINE, visitor(7)), view("read", NINE, visitor(8))]);
  happen(world, [view("bought", NINE + 2 * MINUTE_MS, visitor(7))]);
  world.now = QUARTER_PAST_TEN;
  await world.correct();
  const views = () => ["bought", "read"].map((id) => world.harness().views(id));
  expect(views()).toEqual([2, 1]);
  const before = await world.flushed("bought", NINE);
  world.exclusions = [
    { id: "1", effect: "exclude", kind: "visitor", value: hexOfHash(visitor(7)), fromAt: 0 },
  ];
  await world.correctHours(NINE);
  const after = await world.flushed("bought", NINE);
  expect(after).toMatchObject({ views: 0, final: true });
  expect((after?.stamp ?? "") > (before?.stamp ?? "")).toBe(true);
  expect(views()).toEqual([2, 1]);
  const published = () => world.database.parts.get("bought/0")?.published;
  expect(published()).toBe(2);
  const { tally } = world.harness();
  expect(tally.standing(content("bought"))).toMatchObject({ published: 2, truth: 0 });
  tally.restate(content("bought"), undefined);
  await tally.flush();
  expect([...views(), published()]).toEqual([0, 1, 0]);
});

test("over midnight a visitor is the same by yesterday's key, online and corrected alike", async () => {
  const midnight = DAY + DAY_MS;
  const world = new CorrectorWorld({ now: midnight - HOUR_MS });
  const [yesterday, today] = [visitor(1), visitor(2)];
  happen(world, [view("a", midnight - 20_000, yesterday)]);
  const after = { ...view("a", midnight + 20_000, today), previousVisitor: yesterday };
  happen(world, [after, view("a", midnight + 50_000, visitor(3))]);
  const online = [midnight - HOUR_MS, midnight].map((hour) => world.cells(hour));
  expect(online).toEqual([{ a: 1 }, { a: 1 }]);
  world.now = midnight + 2 * HOUR_MS;
  await world.correct();
  expect([midnight - HOUR_MS, midnight].map((hour) => world.cells(hour))).toEqual(online);
  expect([...world.records.values()].map(({ changed }) => changed)).toEqual([0, 0]);
  await world.correct(day(DAY));
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 1, final: true });
  expect(world.uniques.get("a 20261122 0")).toMatchObject({ uniques: 1, final: false });
});

test("what a correction adds is told to readers at once, and to the database final with the sum of its day", async () => {
  const world = new CorrectorWorld({ now: NINE });
  happen(world, [view("a", NINE)]);
  world.now = DAY + DAY_MS + 3 * HOUR_MS;
  world.append([view("a", NINE + 5 * MINUTE_MS)]);
  expect(world.harness().views("a")).toBe(1);
  await world.correct();
  expect(world.harness().views("a")).toBe(2);
  expect(await world.flushed("a", NINE)).toMatchObject({ views: 2, final: true });
  expect(world.database.parts.get("a/0")).toMatchObject({ published: 2 });
  expect(world.database.days.get("a/20261121/0")).toMatchObject({ views: 2, final: true });
});

test.each(["hours", "seal", "finalise", "rollUp"])(
  "a Tally that dies before its %s is safe, at any point of a run, ends where it would have ended",
  async (dying) => {
    const run = async (dieAt: number) => {
      const world = new CorrectorWorld({ now: NINE, limits: { contentsPerChunk: 2 } });
      happen(
        world,
        ["a", "b", "c", "d", "e"].map((id) => view(id, NINE)),
      );
      world.now = QUARTER_PAST_TEN;
      world.append([view("c", NINE + 2 * MINUTE_MS), view("f", NINE)]);
      let point = 0;
      world.at = (call, when) => {
        if (call !== dying || when !== "worked") return;
        point += 1;
        if (point === dieAt) throw new Error("the Tally died");
      };
      await world.correct();
      return { outcome: world.outcome(), died: point >= dieAt, views: world.harness().views("c") };
    };
    const whole = await run(Number.POSITIVE_INFINITY);
    expect(whole.views).toBe(2);
    for (let dieAt = 1; ; dieAt += 1) {
      const { outcome, views, died } = await run(dieAt);
      expect([outcome, views]).toEqual([whole.outcome, whole.views]);
      if (!died) return;
    }
  },
);

test("an hour that is incomplete keeps its cells, is told of once, and again only when more of it comes", async () => {
  const world = new CorrectorWorld({ now: NINE });
  happen(world, [view("a", NINE)]);
  world.harness().disk.read("UPDATE hours SET incomplete = 1 RETURNING hour");
  world.harness().evict();
  world.now = QUARTER_PAST_TEN;
  await world.correct();
  await world.correct();
  const gap = { outcome: "gap", before: 1, after: 1, changed: 0 };
  expect(world.recordsOf(NINE)).toMatchObject([gap]);
  expect(world.recordsOf(NINE)[0]?.detail).toContain("incomplete");
  expect(world.hours()).toEqual([{ hour: NINE, dirty: false }]);
  expect(await world.flushed("a", NINE)).toMatchObject({ views: 1, final: false });
  world.append([view("a", NINE + 2 * MINUTE_MS)]);
  await world.correct();
  await world.correct();
  expect(world.recordsOf(NINE)).toMatchObject([gap, gap]);
  expect(world.cells(NINE)).toEqual({ a: 1 });
});

test("a day that has just ended waits until what was confirmed in it has come", async () => {
  const midnight = DAY + DAY_MS;
  const world = new CorrectorWorld({ now: midnight - HOUR_MS });
  happen(world, [view("a", midnight - 30 * MINUTE_MS)]);
  world.now = midnight + 1_000;
  world.corrector().correct(day(DAY));
  world.disk().flush();
  await world.corrector().alarm();
  expect(world.records.size).toBe(0);
  expect(world.corrector().status().waiting).toBe(1);
  world.append([view("a", midnight - 1_000, visitor(2))]);
  await world.settle();
  expect(world.now).toBe(midnight + 15 * MINUTE_MS);
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 2, final: true });
});

test("hours of an ended day that are ordered by hand make its uniques and regions final, also by a Corrector born anew", async () => {
  const world = new CorrectorWorld({ now: NINE });
  happen(world, [view("a", NINE), view("a", NINE, visitor(2))]);
  world.now = DAY + DAY_MS + 10 * MINUTE_MS;
  await world.correctHours(NINE);
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 2, final: false });
  world.now += 5 * MINUTE_MS;
  await world.correctHours(NINE);
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 2, final: true });
  expect([...world.regions.values()].map(({ final }) => final)).toEqual([true]);
});

test("an hour of a day whose order nobody remembers takes its day along", async () => {
  const world = new CorrectorWorld({ now: NINE });
  happen(world, [view("a", NINE)]);
  world.now = DAY + 3 * DAY_MS;
  await world.correct();
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 1, final: true });
});
