import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS, RECORDS_NAMED } from "../../../../src/core/limits.ts";
import { EXCLUSION_EFFECTS } from "../../../../src/core/views/exclusion.ts";
import type { ViewEvent } from "../../../../src/core/views/view-event.ts";
import type { StandingExclusion } from "../../../../src/ports/correction-tables.ts";
import { hexOfHash } from "../../../../src/protocol/hex.ts";
import { CorrectorWorld } from "../../../support/corrector-world.ts";
import { content, type EventSpec, makeEvent, visitor } from "../../../support/events.ts";
import { naively } from "../../../support/histories.ts";
import { NaiveOracle } from "../../../support/naive-oracle.ts";

const NINE = Date.UTC(2026, 10, 21, 9);
const TEN = NINE + HOUR_MS;
const ELEVEN = TEN + HOUR_MS;
/** Days that are over have sums of their own. */
const NEXT_DAY = NINE + 20 * HOUR_MS;
const SMALL = { eventsPerAlarm: 1, eventsPerSlice: 7, contentsPerChunk: 2 };

let serial = 0;
type Viewed = Partial<EventSpec & Omit<ViewEvent, "content">>;

const view = (at: number, { content: id = "a", ...more }: Viewed = {}): ViewEvent => {
  serial += 1;
  const made = makeEvent({ visitor: visitor(1), ...more, content: id, serial, at });
  return { ...made, ...more, id: made.id };
};

const decided = (more: Partial<StandingExclusion> = {}): StandingExclusion => {
  serial += 1;
  const id = `${serial}`.padStart(8, "0");
  return { id, effect: "exclude", kind: "content", value: "a", fromAt: 0, ...more };
};
const SWITCHED_OFF = decided({ effect: "reinstate", kind: "rule", value: "bot@1" });

const worldOf = async (events: readonly ViewEvent[]): Promise<CorrectorWorld> => {
  const world = new CorrectorWorld({ now: NEXT_DAY, limits: SMALL });
  world.append(events);
  await world.correct();
  return world;
};

/** As an operator has it done: kept first, then ordered. */
const decide = async (world: CorrectorWorld, ...exclusions: readonly StandingExclusion[]) => {
  world.exclusions = [...exclusions];
  await world.correct({ kind: "hours", from: NINE, to: ELEVEN, reason: "exclusion" });
};

/** Every number there is, of which 0 is the same as none. */
const numbers = (world: CorrectorWorld) => {
  const rows = [world.database.days, world.uniques].map((table) =>
    [...table]
      .map(([key, { stamp: _, final: __, ...row }]) => ({ key, ...row }))
      .filter((row) => ("views" in row ? row.views > 0 : row.uniques > 0)),
  );
  const regions = world.regions.map(({ stamp: _, final: __, ...row }) => row);
  return { cells: [NINE, TEN].map((hour) => world.cells(hour)), rows, regions };
};

const differences = (world: CorrectorWorld) =>
  [...world.records.values()]
    .filter(({ reason }) => reason === "exclusion")
    .map(({ hour, before, after }) => [hour, before, after]);

const detailOf = (world: CorrectorWorld, hour: number): unknown =>
  JSON.parse(world.recordsOf(hour).at(-1)?.detail ?? "");

/** A page that people read, and one that only programs do. */
const mixed = (): readonly ViewEvent[] => [
  view(NINE + MINUTE_MS, { visitor: visitor(1) }),
  view(NINE + MINUTE_MS + 20_000, { visitor: visitor(1), verdict: "bot" }),
  view(NINE + 2 * MINUTE_MS, { visitor: visitor(2), verdict: "bot" }),
  view(NINE + 3 * MINUTE_MS, { visitor: visitor(3), verdict: "prefetch" }),
  view(NINE + 4 * MINUTE_MS, { content: "crawled", visitor: visitor(2), verdict: "bot" }),
  view(TEN + MINUTE_MS, { visitor: visitor(2), verdict: "bot", country: "DE" }),
  view(TEN + 5 * MINUTE_MS, { visitor: visitor(1) }),
];

test("a rule switched off, corrected, switched on, corrected: the first numbers again, and four published differences", async () => {
  const world = await worldOf(mixed());
  const first = numbers(world);
  expect(first.cells).toEqual([{ a: 1 }, { a: 1 }]);
  await decide(world, SWITCHED_OFF);
  expect(numbers(world).cells).toEqual([{ a: 2, crawled: 1 }, { a: 2 }]);
  expect(detailOf(world, NINE)).toMatchObject({
    verdicts: { counted: 3, duplicate: 1, prefetch: 1 },
    exclusions: [{ id: SWITCHED_OFF.id, reinstated: 3 }],
  });
  await decide(world);
  expect(numbers(world)).toEqual(first);
  expect(detailOf(world, NINE)).toMatchObject({ exclusions: [] });
  expect(differences(world)).toEqual([
    [NINE, 1, 3],
    [TEN, 1, 2],
    [NINE, 3, 1],
    [TEN, 2, 1],
  ]);
});

test("while the truth falls, the total that is told holds, and a restatement brings it down", async () => {
  const world = await worldOf(mixed());
  await decide(world, SWITCHED_OFF);
  await decide(world);
  const { tally } = world.harness();
  expect(world.harness().views("a")).toBe(4);
  expect(tally.standing(content("a"))).toMatchObject({ published: 4, truth: 2 });
  expect(await world.flushed("a", NINE)).toMatchObject({ views: 1, final: true });
  expect(world.database.days.get("a/20261121/0")).toMatchObject({ views: 2, final: true });
  tally.restate(content("a"), undefined);
  expect(world.harness().views("a")).toBe(2);
});

const NAMED = { hi: 1, lo: 2 };
const NAMES = [
  ["visitor", hexOfHash(NAMED), { visitor: NAMED }],
  ["network", hexOfHash(NAMED), { network: NAMED }],
  ["browser", "edge", { browser: "edge" }],
  ["asn", "hosting", { asnClass: "hosting" }],
  ["content", "named", { content: "named" }],
] as const;

describe.each([...NAMES, ["rule", "prefetch@1", { verdict: "prefetch" }]] as const)(
  "by %s %s",
  (kind, value, named) => {
    test("what a rule left out counts, and is left out again when that is taken back", async () => {
      const [others, it] = [{ verdict: "bot", visitor: visitor(5) }, { verdict: "bot" }] as const;
      const world = await worldOf([view(NINE, others), view(NINE, { ...it, ...named })]);
      expect(world.cells(NINE)).toEqual({});
      await decide(world, decided({ effect: "reinstate", kind, value }));
      expect(Object.values(world.cells(NINE))).toEqual([1]);
      expect(detailOf(world, NINE)).toMatchObject({ verdicts: { counted: 1, bot: 1 } });
      await decide(world);
      expect(world.cells(NINE)).toEqual({});
    });
  },
);

describe.each(NAMES)("by %s %s", (kind, value, named) => {
  test("what counted is left out, and counts again when that is taken back", async () => {
    const world = await worldOf([view(NINE, { visitor: visitor(5) }), view(NINE, named)]);
    const first = numbers(world);
    await decide(world, decided({ kind, value }));
    expect(world.cells(NINE)).toEqual({ a: 1 });
    expect(detailOf(world, NINE)).toMatchObject({ verdicts: { counted: 1, excluded: 1 } });
    await decide(world);
    expect(numbers(world)).toEqual(first);
  });
});

test("what is both excluded and reinstated does not count", async () => {
  const world = await worldOf([view(NINE, { verdict: "bot" })]);
  const excluded = decided({ kind: "visitor", value: hexOfHash(visitor(1)) });
  await decide(world, SWITCHED_OFF, excluded);
  expect(world.cells(NINE)).toEqual({});
  expect(detailOf(world, NINE)).toMatchObject({
    verdicts: { excluded: 1 },
    exclusions: [{ id: excluded.id, excluded: 1 }],
  });
  await decide(world, SWITCHED_OFF);
  expect(world.cells(NINE)).toEqual({ a: 1 });
});

test("a time that begins and ends within an hour takes what lies in it, and nothing of the rest", async () => {
  const world = await worldOf([5, 10, 15, 20].map((minute) => view(NINE + minute * MINUTE_MS)));
  await decide(world, decided({ fromAt: NINE + 10 * MINUTE_MS, toAt: NINE + 20 * MINUTE_MS }));
  expect(world.cells(NINE)).toEqual({ a: 2 });
  expect(detailOf(world, NINE)).toMatchObject({ verdicts: { counted: 2, excluded: 2 } });
});

test("who was known by the key of the day before is excluded by it", async () => {
  const [today, yesterday] = [visitor(8), visitor(9)];
  const world = await worldOf([view(NINE, { visitor: today, previousVisitor: yesterday })]);
  await decide(world, decided({ kind: "visitor", value: hexOfHash(yesterday) }));
  expect(world.cells(NINE)).toEqual({});
});

test("what is excluded suppresses nothing: the view behind it counts, also over the hour's edge, until it is taken back", async () => {
  const bought = { network: NAMED } as const;
  const world = await worldOf([
    view(NINE + MINUTE_MS, bought),
    view(NINE + MINUTE_MS + 30_000),
    view(TEN - 20_000, bought),
    view(TEN + 20_000),
  ]);
  const first = numbers(world);
  expect(first.cells).toEqual([{ a: 2 }, {}]);
  const exclusion = decided({ kind: "network", value: hexOfHash(NAMED), toAt: TEN });
  world.exclusions = [exclusion];
  await world.correct({ kind: "hours", from: NINE, to: TEN, reason: "exclusion" });
  expect([NINE, TEN].map((hour) => world.cells(hour))).toEqual([{ a: 1 }, { a: 1 }]);
  expect(world.recordsOf(TEN).at(-1)).toMatchObject({ reason: "carry", before: 0, after: 1 });
  world.exclusions = [];
  await world.correct({ kind: "hours", from: NINE, to: TEN, reason: "exclusion" });
  expect(numbers(world)).toEqual(first);
});

test("a decision that is made while the hour is being corrected holds once it was ordered", async () => {
  const world = new CorrectorWorld({ now: NEXT_DAY, limits: SMALL });
  world.append([view(NINE)]);
  await world.harness().tally.flush();
  world.append([view(NINE + 2 * MINUTE_MS, { visitor: visitor(2) })]);
  let isMade = false;
  world.at = (call, when) => {
    if (call !== "finalise" || when !== "saved" || isMade) return;
    isMade = true;
    world.exclusions = [decided()];
    world.corrector().correct({ kind: "hours", from: NINE, to: TEN, reason: "exclusion" });
  };
  await world.correct();
  expect(world.recordsOf(NINE).map(({ before, after }) => [before, after])).toEqual([
    [0, 2],
    [2, 0],
  ]);
  expect(world.cells(NINE)).toEqual({});
});

test("a copy of an event is put down to no decision, and as many are named as there is room for, the rest together", async () => {
  const people = Array.from({ length: RECORDS_NAMED + 3 }, (_, person) => visitor(100 + person));
  const events = people.map((person) => view(NINE + MINUTE_MS, { visitor: person }));
  const bots = [1, 2].map((person) =>
    view(NINE, { verdict: "bot", visitor: visitor(person), content: "b" }),
  );
  const world = await worldOf([...events, ...events, ...bots]);
  const excluding = people.map((person) => decided({ kind: "visitor", value: hexOfHash(person) }));
  await decide(world, SWITCHED_OFF, ...excluding);
  const { exclusions, copies } = detailOf(world, NINE) as {
    exclusions: { id?: string; excluded?: number; reinstated?: number }[];
    copies: number;
  };
  expect(copies).toBe(people.length);
  const named = exclusions.filter(({ id }) => id !== undefined);
  const sum = (counts: readonly (number | undefined)[]) =>
    counts.reduce((all: number, count = 0) => all + count, 0);
  expect(named).toHaveLength(RECORDS_NAMED);
  expect(exclusions).toHaveLength(RECORDS_NAMED + 1);
  expect(sum(exclusions.map(({ excluded }) => excluded))).toBe(people.length);
  expect(sum(exclusions.map(({ reinstated }) => reinstated))).toBe(2);
});

const hashes = [1, 2, 3].map((lo) => ({ hi: 7, lo }));
const gap = fc.oneof(
  fc.constantFrom(0, 1, 29_999, 30_000, 59_999, 60_000, 60_001),
  fc.integer({ min: 0, max: 400_000 }),
);
const spec = fc.record(
  {
    gap,
    content: fc.constantFrom("a", "b"),
    visitor: fc.constantFrom(...hashes),
    previousVisitor: fc.constantFrom(...hashes),
    network: fc.constantFrom(...hashes),
    browser: fc.constantFrom("chrome", "edge"),
    asnClass: fc.constantFrom("access", "hosting"),
    verdict: fc.constantFrom("countable", "countable", "bot", "prefetch"),
    ruleVersion: fc.constantFrom(1, 2),
  },
  { requiredKeys: ["gap", "content", "visitor", "network", "browser", "asnClass", "verdict"] },
);
/** Around the edge of the two hours, in the order of their time. */
const histories = fc.array(spec, { minLength: 1, maxLength: 30 }).map((specs) => {
  const span = Math.min(
    specs.reduce((sum, { gap: ms }) => sum + ms, 0),
    2 * HOUR_MS - 1,
  );
  let at = TEN - Math.floor(span / 2);
  return specs.flatMap(({ gap: ms, ...more }) => {
    at += ms;
    return at < ELEVEN ? [view(at, more)] : [];
  });
});

const decision = fc
  .record(
    {
      effect: fc.constantFrom(...EXCLUSION_EFFECTS),
      named: fc.oneof(
        fc.tuple(fc.constantFrom("visitor", "network"), fc.constantFrom(...hashes.map(hexOfHash))),
        fc.tuple(fc.constant("browser"), fc.constantFrom("chrome", "edge")),
        fc.tuple(fc.constant("asn"), fc.constantFrom("access", "hosting")),
        fc.tuple(fc.constant("content"), fc.constantFrom("a", "b")),
        fc.tuple(fc.constant("rule"), fc.constantFrom("bot@1", "bot@2", "prefetch@1")),
      ),
      content: fc.constantFrom("a", "b"),
      fromAt: fc.integer({ min: -20, max: 20 }).map((minute) => TEN + minute * MINUTE_MS),
      toAt: fc.integer({ min: -10, max: 30 }).map((minute) => TEN + minute * MINUTE_MS + 1),
    },
    { requiredKeys: ["effect", "named", "fromAt"] },
  )
  .map(({ named: [kind, value], ...rest }) => decided({ ...rest, kind: kind as "rule", value }));

/** Whether a decision names an event, as one would look it up by hand. */
const names = (
  { kind, value, content: viewed, fromAt, toAt = Number.POSITIVE_INFINITY }: StandingExclusion,
  event: ViewEvent,
): boolean => {
  if (event.at < fromAt || event.at >= toAt) return false;
  if (viewed !== undefined && viewed !== event.content) return false;
  if (kind === "visitor") {
    const { visitor: one, previousVisitor: other } = event;
    return [one, other].some((key) => key !== undefined && hexOfHash(key) === value);
  }
  if (kind === "network") return hexOfHash(event.network) === value;
  if (kind === "browser") return event.browser === value;
  if (kind === "asn") return event.asnClass === value;
  if (kind === "content") return event.content === value;
  return value === `${["", "bot", "prefetch"][event.edgeVerdict]}@${event.ruleVersion}`;
};

/** The cells of both hours under these decisions, each event judged by itself and every pair compared. */
const byHand = (events: readonly ViewEvent[], decisions: readonly StandingExclusion[]) => {
  const oracle = new NaiveOracle();
  for (const event of events.toSorted(byTime)) {
    const naming = decisions.filter((it) => names(it, event));
    if (naming.some(({ effect }) => effect === "exclude")) continue;
    const { countable, ...rest } = naively(event);
    oracle.counts({ ...rest, countable: countable || naming.length > 0 });
  }
  return [NINE, TEN].map((hour) =>
    Object.fromEntries(
      ["a", "b"]
        .map((id) => [id, oracle.countOf(id, hour, hour + HOUR_MS)] as const)
        .filter(([, views]) => views > 0),
    ),
  );
};

const byTime = (a: ViewEvent, b: ViewEvent): number => a.at - b.at || Buffer.compare(a.id, b.id);

test("whatever is decided: the numbers are those found by hand, and taken back, all are what they were", async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(fc.array(decision, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      async (events, rounds) => {
        const world = await worldOf(events);
        const first = numbers(world);
        expect(first.cells).toEqual(byHand(events, []));
        for (const decisions of rounds) {
          await decide(world, ...decisions);
          expect(numbers(world).cells).toEqual(byHand(events, decisions));
        }
        await decide(world);
        expect(numbers(world)).toEqual(first);
      },
    ),
    { numRuns: 30 },
  );
});
