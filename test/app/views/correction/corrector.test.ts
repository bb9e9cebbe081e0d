import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS, SEAL_HOLDS_LOG_MS } from "../../../../src/core/limits.ts";
import { formatEventId } from "../../../../src/core/views/event-id.ts";
import { hourOf } from "../../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../../src/core/views/view-event.ts";
import { hexOfHash } from "../../../../src/protocol/hex.ts";
import { Prng } from "../../../simulation/prng.ts";
import { CorrectorWorld, Killed } from "../../../support/corrector-world.ts";
import { makeEvent, visitor } from "../../../support/events.ts";
import { naively } from "../../../support/histories.ts";
import { NaiveOracle } from "../../../support/naive-oracle.ts";

const DAY = Date.UTC(2026, 10, 21);
const NINE = DAY + 9 * HOUR_MS;
const SMALL = { eventsPerAlarm: 1, eventsPerSlice: 40, contentsPerChunk: 3 };

const COUNTRIES = ["DE", "FR", "US"] as const;

/** Views of few visitors and contents, so that they meet often; in the order of their time. */
const crowd = (seed: number, count: number, fromMs: number, toMs: number): ViewEvent[] => {
  const prng = new Prng(seed);
  return Array.from({ length: count }, (_, serial) => {
    const person = prng.between(0, 9);
    const event = makeEvent({
      serial,
      at: prng.between(fromMs, toMs - 1),
      content: `c${prng.between(0, 7)}`,
      visitor: visitor(person),
      verdict: prng.chance(0.05) ? "bot" : "countable",
    });
    return { ...event, country: COUNTRIES[person % 3] ?? "XX", region: person > 4 ? "B" : "" };
  }).sort(byTime);
};

const byTime = (a: ViewEvent, b: ViewEvent): number =>
  a.at - b.at || (formatEventId(a.id) < formatEventId(b.id) ? -1 : 1);

/** Cells, uniques and regions as one would find them by hand. */
const byHand = (events: readonly ViewEvent[], dayOf: (at: number) => string) => {
  const oracle = new NaiveOracle();
  const cells: Record<string, Record<string, number>> = {};
  const visitors = new Map<string, Set<string>>();
  const regions = new Map<string, number>();
  for (const event of events.toSorted(byTime)) {
    if (!oracle.counts(naively(event))) continue;
    const { content, at, visitor: by, country, region } = event;
    const hour = `${hourOf(at)}`;
    cells[hour] = { ...cells[hour], [content]: (cells[hour]?.[content] ?? 0) + 1 };
    const name = `${content} ${dayOf(at)}`;
    visitors.set(name, (visitors.get(name) ?? new Set()).add(`${by.hi}/${by.lo}`));
    const place = `${name} ${country}/${region}`;
    regions.set(place, (regions.get(place) ?? 0) + 1);
  }
  const uniques = new Map([...visitors].map(([name, keys]) => [name, keys.size]));
  return { cells, uniques, regions };
};

const expectAsByHand = (world: CorrectorWorld, events: readonly ViewEvent[]): void => {
  const dayOf = (at: number) => world.calendar.dayOf(at).name.replaceAll("-", "");
  const { cells, uniques, regions } = byHand(events, dayOf);
  for (const { hour } of world.hours()) {
    expect(world.cells(hour)).toEqual(cells[`${hour}`] ?? {});
  }
  const foundUniques = [...world.uniques.values()].filter((row) => row.uniques > 0);
  expect(new Map(foundUniques.map((row) => [`${row.content} ${row.day}`, row.uniques]))).toEqual(
    uniques,
  );
  const foundRegions = [...world.regions.values()].filter((row) => row.views > 0);
  const named = foundRegions.map((row) => {
    return [`${row.content} ${row.day} ${row.country}/${row.region}`, row.views] as const;
  });
  expect(new Map(named)).toEqual(regions);
};

/** Events arrive out of order, some are copied, and some so late that the Tally does not count them. */
const arriveBadly = (world: CorrectorWorld, events: readonly ViewEvent[], seed: number): void => {
  const prng = new Prng(seed);
  const end = world.now;
  const delay = () =>
    prng.chance(0.2) ? prng.between(20, 30) * MINUTE_MS : prng.between(0, 10 * MINUTE_MS);
  const shuffled = events
    .map((event) => ({ event, when: event.at + delay() }))
    .sort((a, b) => a.when - b.when);
  for (let from = 0; from < shuffled.length; from += 25) {
    const chunk = shuffled.slice(from, from + 25);
    world.now = chunk.at(-1)?.when ?? end;
    world.append(chunk.map(({ event }) => event));
    if (prng.chance(0.3)) world.append(chunk.slice(0, 5).map(({ event }) => event));
  }
  world.now = end;
};

const threeHours = (seed: number) => crowd(seed, 300, NINE, NINE + 3 * HOUR_MS);

const afterAll = NINE + 3 * HOUR_MS + 35 * MINUTE_MS;

test.each([1, 2, 3])(
  "hour by hour, correction finds what one would find by hand over all (%i)",
  async (seed) => {
    const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
    const events = threeHours(seed);
    arriveBadly(world, events, seed);
    await world.correct();
    await world.correct({ kind: "day", startMs: DAY, endMs: DAY + 24 * HOUR_MS });
    expectAsByHand(world, events);
    expect(world.hours().every(({ dirty }) => !dirty)).toBe(true);
  },
);

test("a chain of views over every hour's edge is corrected as if there were no hours", async () => {
  const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
  const prng = new Prng(7);
  const events: ViewEvent[] = [];
  for (let at = NINE, serial = 0; at < NINE + 3 * HOUR_MS; serial += 1) {
    events.push(makeEvent({ serial, at, content: "a", visitor: visitor(1) }));
    at += prng.between(5_000, 55_000);
  }
  arriveBadly(world, events, 7);
  await world.correct();
  expectAsByHand(world, events);
});

test("corrected twice is as corrected once, and the second time nothing changes", async () => {
  const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
  arriveBadly(world, threeHours(11), 11);
  await world.correct();
  const once = world.outcome();
  await world.correctHours(NINE, 3);
  expect(world.outcome()).toEqual(once);
  const again = world.recordsOf(NINE).at(-1);
  expect(again).toMatchObject({ outcome: "done", changed: 0, reason: "manual" });
  expect(again?.before).toBe(again?.after);
});

test.each([
  ["a step an alarm", SMALL],
  ["all in one alarm", { ...SMALL, eventsPerAlarm: 1_000_000 }],
])("killed anywhere, it ends as if it had not been killed: %s", async (_, limits) => {
  const run = async (killAt: number) => {
    const world = new CorrectorWorld({ now: afterAll, limits });
    arriveBadly(world, crowd(5, 40, NINE + 45 * MINUTE_MS, NINE + 75 * MINUTE_MS), 5);
    let point = 0;
    let killed = false;
    world.at = (call, when) => {
      point += 1;
      if (point !== killAt) return;
      killed = true;
      throw new Killed(`${call}, ${when}`);
    };
    await world.correct();
    await world.correct({ kind: "day", startMs: DAY, endMs: DAY + 24 * HOUR_MS });
    return { outcome: world.outcome(), killed, records: world.records.size };
  };
  const whole = await run(0);
  for (let killAt = 1; ; killAt += 1) {
    const { outcome, killed } = await run(killAt);
    expect(outcome, `killed at ${killAt}`).toEqual(whole.outcome);
    if (!killed) {
      expect(killAt).toBeGreaterThan(50);
      return;
    }
  }
});

test("a call that fails anywhere is made again later, and nothing is half done in between", async () => {
  const run = async (failAt: number) => {
    const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
    arriveBadly(world, crowd(6, 40, NINE + 30 * MINUTE_MS, NINE + 40 * MINUTE_MS), 6);
    let point = 0;
    let failed = false;
    world.at = (call) => {
      point += 1;
      if (point !== failAt) return;
      failed = true;
      throw new Error(`${call} is away`);
    };
    await world.correct();
    return { outcome: world.outcome(), failed, waited: world.now - afterAll };
  };
  const whole = await run(0);
  for (let failAt = 1; ; failAt += 1) {
    const { outcome, failed, waited } = await run(failAt);
    expect(outcome).toEqual(whole.outcome);
    if (!failed) return;
    expect(waited).toBeGreaterThanOrEqual(2_500);
  }
});

test("an object that is missing, short or not readable changes nothing, and the run says why", async () => {
  const spoil: ((world: CorrectorWorld, name: string) => void)[] = [
    (world, name) => void world.rawLog.objects.delete(name),
    (world, name) =>
      void world.rawLog.objects.set(
        name,
        gzipSync(`${world.rawLog.linesOf(name).slice(1).join("\n")}\n`),
      ),
    (world, name) =>
      void world.rawLog.objects.set(
        name,
        gzipSync(`${["{}", ...world.rawLog.linesOf(name).slice(1)].join("\n")}\n`),
      ),
  ];
  for (const spoilObject of spoil) {
    const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
    arriveBadly(world, crowd(8, 60, NINE, NINE + HOUR_MS), 8);
    const before = world.cells(NINE);
    world.at = (call, when) => {
      const [name] = world.rawLog.objects.keys();
      if (call === "seal" && when === "answered" && name !== undefined) spoilObject(world, name);
    };
    await world.correct();
    expect(world.cells(NINE)).toEqual(before);
    expect(world.recordsOf(NINE)).toMatchObject([{ outcome: "gap", changed: 0 }]);
    expect(world.recordsOf(NINE)[0]?.detail).toContain("raw/hour=2026-11-21T09/shard=00");
    expect(world.hours()).toEqual([{ hour: NINE, dirty: false }]);
    expect(world.uniques.size).toBe(0);
  }
});

test("a content whose every view is excluded has a cell of 0, and its regions and uniques are 0", async () => {
  const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
  const at = NINE + MINUTE_MS;
  const event = (serial: number, content: string, person: number) =>
    makeEvent({ serial, at: at + serial, content, visitor: visitor(person) });
  world.append([event(1, "bought", 1), event(2, "bought", 1), event(3, "read", 2)]);
  await world.correct();
  expect(world.cells(NINE)).toEqual({ bought: 1, read: 1 });
  world.exclusions = [
    { id: "1", effect: "exclude", kind: "visitor", value: hexOfHash(visitor(1)), fromAt: 0 },
  ];
  await world.correctHours(NINE);
  expect(world.cells(NINE)).toEqual({ read: 1 });
  expect([...world.uniques.values()].map(({ content, uniques }) => [content, uniques])).toEqual([
    ["bought", 0],
    ["read", 1],
  ]);
  expect([...world.regions.values()].map(({ content, views }) => [content, views])).toEqual([
    ["bought", 0],
    ["read", 1],
  ]);
});

test("events that come between the sealing and the finalising stay counted, and leave the hour dirty", async () => {
  const world = new CorrectorWorld({ now: NINE + 75 * MINUTE_MS, limits: SMALL });
  const event = (serial: number) => {
    const at = NINE + (56 + serial) * MINUTE_MS;
    return makeEvent({ serial, at, content: "a", visitor: visitor(serial) });
  };
  world.append([event(1)]);
  let appended = false;
  world.at = (call, when) => {
    if (call !== "finalise" || when !== "saved" || appended) return;
    appended = true;
    world.append([event(2)]);
  };
  await world.correct();
  expect(world.cells(NINE)).toEqual({ a: 2 });
  expect(world.hours()).toEqual([{ hour: NINE, dirty: true }]);
  expect(await world.flushed("a", NINE)).toMatchObject({ views: 2, final: false });
  await world.correct();
  expect(world.hours()).toEqual([{ hour: NINE, dirty: false }]);
  expect(await world.flushed("a", NINE)).toMatchObject({ views: 2, final: true });
  expect(world.recordsOf(NINE).map(({ reason, after }) => [reason, after])).toEqual([
    ["hourly", 1],
    ["late", 2],
  ]);
});

test("a run whose log was trimmed under it begins anew", async () => {
  const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
  world.append([makeEvent({ serial: 1, at: NINE, content: "a", visitor: visitor(1) })]);
  let isTrimmed = false;
  world.at = async (call, when) => {
    if (call !== "finalise" || when !== "saved" || isTrimmed) return;
    isTrimmed = true;
    world.now += SEAL_HOLDS_LOG_MS;
    world.append([makeEvent({ serial: 2, at: NINE, content: "a", visitor: visitor(2) })]);
    const { tally, disk } = world.harness();
    await tally.correction.seal(NINE + HOUR_MS, 1);
    world.now += SEAL_HOLDS_LOG_MS;
    await tally.flush();
    expect(disk.read("SELECT * FROM log")).toEqual([]);
  };
  await world.correct();
  expect(world.calls.filter((call) => call === "seal")).toHaveLength(2);
  expect(world.recordsOf(NINE)).toMatchObject([{ outcome: "done", after: 2 }]);
});

test("a late view before the hour's edge takes the next hour with it, whose first view was a duplicate of it", async () => {
  const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
  const edge = NINE + HOUR_MS;
  const event = (serial: number, at: number) =>
    makeEvent({ serial, at, content: "a", visitor: visitor(1) });
  world.append([event(1, edge + 10_000)]);
  await world.correct();
  world.append([event(3, NINE + 1_000)]);
  await world.correct();
  expect(world.cells(edge)).toEqual({ a: 1 });
  world.append([event(2, edge - 10_000)]);
  await world.correct();
  expect(world.cells(NINE)).toEqual({ a: 2 });
  expect(world.cells(edge)).toEqual({});
  expect(world.recordsOf(edge).at(-1)).toMatchObject({ reason: "carry", before: 1, after: 0 });
});

test("where the schedule changes, the hour before comes from the shards that had it", async () => {
  const change = NINE + HOUR_MS;
  const world = new CorrectorWorld({ now: afterAll, shards: "1,2@2026-11-21T10Z", limits: SMALL });
  const event = (serial: number, at: number) =>
    makeEvent({ serial, at, content: "moved", visitor: visitor(1) });
  world.append([event(1, change - 20_000)], 0);
  world.append([event(2, change + 20_000)], 1);
  await world.correct({ kind: "due" }, 1);
  expect(world.cells(change, 1)).toEqual({});
  expect(world.cells(NINE, 0)).toEqual({ moved: 1 });
});

test("a day is final when it is over and all of its hours are settled, and not before", async () => {
  const world = new CorrectorWorld({ now: afterAll, timeZone: "Europe/Berlin", limits: SMALL });
  const { startMs, endMs } = world.calendar.dayOf(NINE);
  const event = (serial: number, at: number) =>
    makeEvent({ serial, at, content: "a", visitor: visitor(serial) });
  world.append([event(1, endMs - 1), event(2, endMs), event(3, startMs), event(4, startMs - 1)]);
  await world.correct({ kind: "day", startMs, endMs });
  world.now = endMs + 2 * HOUR_MS;
  await world.correct();
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 2, final: false });
  await world.correct({ kind: "day", startMs, endMs });
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 2, final: true });
  world.append([event(5, NINE)]);
  await world.correct();
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 3, final: true });
});

test("an hour of a day that was dropped is corrected with all hours of its day", async () => {
  const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
  const event = (serial: number, at: number, person: number) =>
    makeEvent({ serial, at, content: "a", visitor: visitor(person) });
  world.append([event(1, NINE, 1), event(2, NINE + HOUR_MS, 2)]);
  await world.correct();
  world.now += 10 * 24 * HOUR_MS;
  await world.correct();
  expect(world.disk().read("SELECT COUNT(*) AS pages FROM pages")).toEqual([{ pages: 0 }]);
  world.append([event(3, NINE + HOUR_MS + 5 * MINUTE_MS, 3)]);
  await world.correct();
  expect(world.recordsOf(NINE)).toHaveLength(2);
  expect(world.uniques.get("a 20261121 0")).toMatchObject({ uniques: 3 });
});

test("at rest there is no alarm; an order for the hour that runs is done after it", async () => {
  const world = new CorrectorWorld({ now: afterAll, limits: SMALL });
  world.append([makeEvent({ serial: 1, at: NINE, content: "a", visitor: visitor(1) })]);
  let ordered = false;
  world.at = (call) => {
    if (call !== "finalise" || ordered) return;
    ordered = true;
    const order = { kind: "hours", from: NINE, to: NINE + HOUR_MS, reason: "manual" } as const;
    world.corrector().correct(order);
    expect(world.corrector().status().running).toMatchObject({ hour: NINE, phase: "walk" });
  };
  await world.correct();
  expect(world.recordsOf(NINE).map(({ reason }) => reason)).toEqual(["hourly", "manual"]);
  expect(world.disk().alarm).toBeUndefined();
  expect(world.corrector().status()).toMatchObject({ waiting: 0 });
});
