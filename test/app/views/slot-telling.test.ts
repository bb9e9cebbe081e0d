import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SLOT_MS, slotOf } from "../../../src/core/views/slots.ts";
import { content } from "../../support/events.ts";
import type { TellingFate } from "../../support/fake-view-rankings.ts";
import { naiveSlots } from "../../support/naive-slots.ts";
import { RankingWorld } from "../../support/ranking-world.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const JITTER_MS = 1_000;

const repeated = (id: string, times: number): readonly string[] =>
  Array.from({ length: times }, () => id);

/** Views and views before, as the object has them. */
const shown = ({ rankings }: RankingWorld) =>
  Object.fromEntries(
    Object.entries(rankings.shown()).map(([id, [views, before]]) => [id, [views, before]]),
  );

describe("what is counted", () => {
  test("is told a second later, and then at most every five seconds", async () => {
    const world = new RankingWorld(NOON);
    await world.watch(["a", "a", "b"]);
    await world.pass(999);
    expect(world.rankings.tellings).toEqual([]);
    await world.pass(1);
    expect(world.rankings.newest).toMatchObject({
      shard: 0,
      asOf: NOON + 1_000,
      slot: slotOf(NOON),
    });
    expect(world.rankings.shown()).toEqual({ a: [2, 0, null], b: [1, 0, null] });
    for (let times = 0; times < 20; times += 1) {
      await world.watch(["a"]);
      await world.pass(1_000);
    }
    expect(world.rankings.tellings.map(({ asOf }) => asOf - NOON)).toEqual([
      1_000, 6_000, 11_000, 16_000, 21_000,
    ]);
    expect(world.rankings.shown()).toMatchObject({ a: [22, 0, null] });
  });

  test("and what is not counted: duplicates and late ones are in no slot", async () => {
    const world = new RankingWorld(NOON);
    await world.watch(["a"]);
    await world.watch(["a"], 30 * 60_000);
    await world.pass(1_000);
    expect(world.rankings.shown()).toEqual({ a: [1, 0, null] });
  });

  test("is not told where nothing was ever counted, not even by an object that wakes", async () => {
    const world = new RankingWorld(NOON);
    world.harness.evict();
    await world.pass(10 * 3_600_000);
    expect(world.rankings.tellings).toEqual([]);
    expect(world.rings).toEqual([]);
  });
});

describe("without new events", () => {
  test("numbers fall at the end of each slot, until nothing is left, which is told once more", async () => {
    const world = new RankingWorld(NOON);
    await world.watch(["a", "a"]);
    await world.pass(2 * SLOT_MS);
    await world.watch(["a", "b"]);
    await world.pass(30 * SLOT_MS);
    for (const telling of world.rankings.tellings) {
      const expected = naiveSlots(
        world.counted.filter(({ at }) => at <= telling.asOf),
        telling.asOf,
      );
      const told = telling.contents.map((it) => [it.content, [it.views, it.before]]);
      expect(Object.fromEntries(told)).toEqual(expected);
    }
    const boundaries = world.rankings.tellings.filter(({ asOf }) => asOf % SLOT_MS === JITTER_MS);
    // In the slot of the first view, and in all that follow up to the first without any left.
    expect(boundaries).toHaveLength(27);
    expect(world.rankings.newest).toMatchObject({ contents: [], slot: slotOf(NOON) + 26 });
    expect(world.rankings.tellings).toHaveLength(27);
    // What stands is for the archive at most.
    const rings = world.rings.length;
    await world.pass(30 * SLOT_MS);
    expect(world.rings).toHaveLength(rings);
  });

  test("an object that was put away in between tells in time, and nothing twice", async () => {
    const world = new RankingWorld(NOON);
    await world.watch(["a"]);
    await world.pass(30_000);
    const tellings = world.rankings.tellings.length;
    for (let times = 0; times < 10; times += 1) {
      world.harness.evict();
      await world.pass(10_000);
    }
    expect(world.rankings.tellings).toHaveLength(tellings);
    await world.pass(SLOT_MS);
    expect(world.rankings.tellings).toHaveLength(tellings + 1);
  });
});

describe("an object of rankings that is away", () => {
  test("is told again every five seconds, and reported once", async () => {
    const world = new RankingWorld(NOON);
    world.rankings.fate = "refused";
    await world.watch(["a"]);
    await world.pass(21_000);
    expect(world.rankings.tellings.map(({ asOf }) => asOf - NOON)).toEqual([
      1_000, 6_000, 11_000, 16_000, 21_000,
    ]);
    expect(world.harness.problems).toEqual(["tally.not-ranking"]);
    world.rankings.fate = "done";
    await world.pass(5_000);
    expect(world.rankings.shown()).toEqual({ a: [1, 0, null] });
  });

  test("for longer than both windows is told that nothing is left", async () => {
    const world = new RankingWorld(NOON);
    await world.watch(["a"]);
    await world.pass(1_000);
    world.rankings.fate = "refused";
    await world.pass(3 * 3_600_000);
    world.harness.tally.checkpoint();
    world.harness.evict();
    world.rankings.fate = "done";
    await world.pass(5_000);
    expect(world.rankings.newest?.contents).toEqual([]);
  });

  test.each<TellingFate>(["done", "refused", "held"])(
    "changes nothing in appending, checkpoints and flushes (%s)",
    async (fate) => {
      const worlds = [new RankingWorld(NOON), new RankingWorld(NOON)] as const;
      worlds[1].rankings.fate = fate;
      worlds[1].database.state = fate === "done" ? "there" : "away";
      for (const world of worlds) {
        for (let times = 0; times < 40; times += 1) {
          await world.watch(repeated("a", 3));
          await world.pass(700);
        }
        await world.harness.tally.flush();
        await world.pass(60_000);
      }
      const [one, other] = worlds;
      expect(one.checkpoints).toEqual(other.checkpoints);
      expect(one.checkpoints).toHaveLength(1);
      const stateOf = ({ harness: { tally } }: RankingWorld) => tally.status();
      expect(stateOf(one)).toEqual({ ...stateOf(other), bytes: stateOf(one).bytes });
      expect(one.harness.views("a")).toBe(120);
    },
  );
});

describe("categories", () => {
  test("are told with contents, and unknown ones are no category", async () => {
    const world = new RankingWorld(NOON);
    world.database.put("a", "news");
    await world.watch(["a", "b"]);
    await world.pass(1_000);
    expect(world.rankings.shown()).toEqual({ a: [1, 0, "news"], b: [1, 0, null] });
  });

  test("are believed for five minutes, those that nobody has included, and then asked again", async () => {
    const world = new RankingWorld(NOON);
    await world.watch(["a"]);
    await world.pass(1_000);
    world.database.put("a", "sports");
    for (let minute = 0; minute < 4; minute += 1) {
      await world.pass(60_000);
      await world.watch(["a"]);
    }
    expect(world.database.asked).toHaveLength(1);
    expect(world.rankings.shown()).toEqual({ a: [4, 0, null] });
    await world.pass(2 * 60_000);
    expect(world.database.asked).toHaveLength(2);
    expect(world.rankings.shown()).toEqual({ a: [5, 0, "sports"] });
  });

  test("of a database that is away are none for now; it is asked again half a minute later, without a view", async () => {
    const world = new RankingWorld(NOON);
    world.database.put("a", "news");
    world.database.state = "away";
    await world.watch(["a"]);
    await world.pass(1_000);
    expect(world.rankings.shown()).toEqual({ a: [1, 0, null] });
    await world.watch(["a"]);
    await world.pass(29_999);
    expect(world.database.asked).toHaveLength(1);
    expect(world.rankings.shown()).toEqual({ a: [2, 0, null] });
    world.database.state = "there";
    await world.pass(1);
    expect(world.rankings.shown()).toEqual({ a: [2, 0, "news"] });
    expect(world.harness.problems).toEqual(["tally.no-categories"]);
  });

  test("that the database knew before it went away stay what they were", async () => {
    const world = new RankingWorld(NOON);
    world.database.put("a", "news");
    await world.watch(["a"]);
    await world.pass(1_000);
    world.database.state = "away";
    await world.pass(2 * SLOT_MS);
    expect(world.database.asked.length).toBeGreaterThan(1);
    expect(world.rankings.shown()).toEqual({ a: [1, 0, "news"] });
  });

  test("of a database that hangs hold a telling up for two seconds", async () => {
    const world = new RankingWorld(NOON);
    world.database.state = "hanging";
    await world.watch(["a"]);
    await world.pass(1_000);
    await world.timers.pass(1_999);
    expect(world.rankings.tellings).toEqual([]);
    await world.watch(["a"]);
    await world.timers.pass(1);
    expect(world.rankings.shown()).toEqual({ a: [2, 0, null] });
    expect(world.timers.running).toBe(0);
  });

  test("are asked for a thousand at a time, the most viewed first, until all are known", async () => {
    const world = new RankingWorld(NOON);
    const ids = Array.from({ length: 2_500 }, (_, at) => `c${at}`);
    for (const id of ids) world.database.put(id, "all");
    await world.watch([...ids, "c2499"]);
    await world.pass(1_000);
    await world.pass(10_000);
    expect(world.database.asked.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
    expect(world.database.asked[0]).toContain(content("c2499"));
    expect(new Set(world.database.asked.flat()).size).toBe(2_500);
    const tellings = world.rankings.tellings.length;
    await world.pass(60_000);
    expect(world.rankings.tellings).toHaveLength(tellings);
  });

  test("have their first hundred told, however far behind they are among all", async () => {
    const world = new RankingWorld(NOON);
    world.database.put("small", "niche");
    await world.watch(Array.from({ length: 300 }, (_, at) => [`c${at}`, `c${at}`]).flat());
    await world.watch(["small", "alone"]);
    await world.pass(1_000);
    expect(world.rankings.shown()).toMatchObject({ small: [1, 0, "niche"] });
    expect(world.rankings.shown()).not.toHaveProperty("alone");
    expect(world.rankings.newest?.contents).toHaveLength(101);
  });
});

test("a content that had another home within the windows is told whatever its place, and not any more after that", async () => {
  const others = Array.from({ length: 150 }, (_, at) => [`c${at}`, `c${at}`]).flat();
  const world = new RankingWorld(NOON, { schedule: "1,2@2026-11-21T11Z" });
  const stays = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];
  await world.watch([...others, ...stays]);
  await world.pass(1_000);
  const told = () => stays.filter((id) => id in world.rankings.shown());
  const spread = told();
  expect(spread.length).toBeGreaterThan(0);
  expect(spread.length).toBeLessThan(stays.length);
  // From 12:55 on both windows lie behind the change.
  await world.pass(50 * 60_000);
  expect(told()).toEqual(spread);
  await world.pass(5 * 60_000);
  await world.watch([...others, ...stays]);
  await world.pass(5_000);
  expect(told()).toEqual([]);
});

type Step =
  | { readonly do: "watch"; readonly contents: readonly string[]; readonly agoMs: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "fate"; readonly fate: TellingFate }
  | { readonly do: "database"; readonly state: "there" | "away" }
  | { readonly do: "crash" | "evict" | "die leaving" | "release" | "flush" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("watch" as const),
      contents: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 }),
      agoMs: fc.constantFrom(0, 4_000, SLOT_MS, 18 * 60_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      ms: fc.constantFrom(1, 1_000, 5_000, 25_000, SLOT_MS, 12 * SLOT_MS, 24 * SLOT_MS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("fate" as const),
      fate: fc.constantFrom<TellingFate>("done", "refused", "done, answer lost", "held"),
    }),
  },
  fc.record({
    do: fc.constant("database" as const),
    state: fc.constantFrom("there" as const, "away" as const),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "crash" as const,
        "evict" as const,
        "die leaving" as const,
        "release" as const,
        "flush" as const,
      ),
    }),
  },
);

const take = async (world: RankingWorld, what: Step): Promise<void> => {
  const { harness, rankings, database } = world;
  if (what.do === "watch") return world.watch(what.contents, what.agoMs);
  if (what.do === "pass") return world.pass(what.ms);
  if (what.do === "fate") rankings.fate = what.fate;
  else if (what.do === "database") database.state = what.state;
  else if (what.do === "crash") harness.crash();
  else if (what.do === "evict") harness.evict();
  else if (what.do === "release") rankings.release();
  else if (what.do === "flush") await harness.tally.flush();
  else {
    harness.beforeLeaving = async () => {
      harness.beforeLeaving = () => undefined;
      await Promise.resolve();
      harness.crash();
    };
  }
};

test("what fell for two hours while nobody could be told is told by the next life", async () => {
  const world = new RankingWorld(NOON);
  const away: readonly Step[] = [
    { do: "watch", contents: ["a"], agoMs: 0 },
    { do: "fate", fate: "done, answer lost" },
    { do: "pass", ms: 1_000 },
    { do: "fate", fate: "held" },
    { do: "pass", ms: 26 * SLOT_MS },
    { do: "flush" },
    { do: "die leaving" },
    { do: "release" },
    { do: "fate", fate: "done" },
  ];
  for (const what of away) await take(world, what);
  expect(Object.keys(shown(world))).toEqual(["a"]);
  for (let i = 0; i < 3; i += 1) await world.pass(10_000);
  expect(shown(world)).toEqual({});
});

test("whoever dies or fails at any point: at last exactly what was counted is told, under stamps that only rise", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), async (steps) => {
      const world = new RankingWorld(NOON);
      world.database.put("a", "news");
      for (const what of steps) {
        await take(world, what);
        const told = naiveSlots(world.counted, world.harness.now);
        // Whatever is not told has an alarm, in this life and in the next.
        const isTold = JSON.stringify(told) === JSON.stringify(shown(world));
        if (!isTold) expect(world.harness.disk.alarm).toBeDefined();
      }
      const { harness, rankings, database } = world;
      harness.beforeLeaving = () => undefined;
      rankings.fate = "done";
      database.state = "there";
      rankings.release();
      await world.pass(40_000);
      await world.pass(SLOT_MS);
      expect(shown(world)).toEqual(naiveSlots(world.counted, harness.now));
      for (const [id, [, , category]] of Object.entries(rankings.shown())) {
        expect(category).toBe(id === "a" ? "news" : null);
      }
    }),
    { numRuns: 150 },
  );
}, 120_000);
