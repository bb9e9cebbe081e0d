import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../src/core/limits.ts";
import { content } from "../../support/events.ts";
import { type History, historyOf, live, MORNING, viewBy } from "../../support/lost-histories.ts";
import { LostWorld } from "../../support/lost-world.ts";

/** Everything as it stood, and stands again. */
const standing = async (world: LostWorld) => ({
  known: await world.known(),
  rows: world.rows(),
});

const lived = async (history: History): Promise<LostWorld> => {
  const world = new LostWorld(MORNING);
  await live(world, history);
  return world;
};

const expectNewer = (before: readonly string[], after: readonly string[]): void => {
  expect(after).toHaveLength(before.length);
  const newest = before.toSorted().at(-1) ?? "";
  for (const stamp of after) expect(stamp > newest).toBe(true);
};

/** An hour whose one view did not count has no cell, until that view comes again and is late. */
const doubledOverAnHour: History = {
  long: [],
  recent: [
    { do: "wait", ms: 30 * MINUTE_MS },
    {
      do: "view",
      views: [
        { content: "d", visitor: 4, ago: 40_000 },
        { content: "d", visitor: 4, ago: 0 },
      ],
    },
    { do: "wait", ms: 20_000 },
  ],
};

test("whatever was counted, corrected, restated and closed: a Tally that lost its storage is afterwards what it was, the database too, and rows that come again double nothing", async () => {
  await fc.assert(
    fc.asyncProperty(historyOf(), async (history) => {
      const world = await lived(history);
      const before = await standing(world);
      const stamps = world.stamps();
      world.now += 1;
      world.lose("tally");
      await world.restored();
      expect(await world.known()).toEqual(before.known);
      await world.rest();
      await world.send();
      expect(await standing(world)).toEqual(before);
      expectNewer(stamps, world.stamps());

      await world.resend();
      world.now += 2 * HOUR_MS;
      await world.settle();
      expect(await standing(world)).toEqual(before);
    }),
    { numRuns: 40, examples: [[doubledOverAnHour]] },
  );
});

/** Late, of several hours, doubled, restated: little enough to go over it again for each step it can die at. */
const small: History = {
  long: [],
  recent: [
    { do: "start", content: "b", views: 100 },
    {
      do: "view",
      views: [
        { content: "a", visitor: 1, ago: 0 },
        { content: "a", visitor: 1, ago: 40_000 },
        { content: "b", visitor: 2, ago: 0 },
      ],
    },
    { do: "flush" },
    { do: "wait", ms: HOUR_MS },
    { do: "correct" },
    { do: "view", views: [{ content: "a", visitor: 3, ago: 70 * MINUTE_MS }] },
    { do: "view", views: [{ content: "d", visitor: 3, ago: 0 }] },
    { do: "restate", content: "a", views: 1 },
    { do: "wait", ms: 26 * HOUR_MS },
  ],
};

/** Restored, at rest and flushed, whoever dies in between. */
const throughout = async (world: LostWorld): Promise<void> => {
  await world.restored();
  await world.rest();
  await world.send().catch((cause: unknown) => {
    if (!/was killed|being restored/.test(`${cause}`)) throw cause;
    return throughout(world);
  });
};

test("whoever dies at any step of a restore, before or after any answer, goes on to the same end", async () => {
  for (const owner of ["tally", "corrector"] as const) {
    let steps = Number.POSITIVE_INFINITY;
    for (let deadly = 0; deadly < steps; deadly += 1) {
      const world = await lived(small);
      const before = await standing(world);
      world.now += 1;
      world.lose("tally");
      let step = 0;
      world.at = () => {
        if (step === deadly) world.kill(owner);
        step += 1;
      };
      await throughout(world);
      steps = step;
      world.at = () => undefined;
      expect([owner, deadly, await standing(world)]).toEqual([owner, deadly, before]);
    }
    expect(steps).toBeGreaterThan(90);
  }
});

test.each(["rawLog", "database", "corrector"] as const)(
  "while the %s is away a lost Tally is shut, says so, tries again at growing intervals, and opens when it is back",
  async (away) => {
    const calls = {
      rawLog: /tally (?:list|read|put)/,
      database: /tally (?:totals|cells)/,
      corrector: /tally (?:status|correct)/,
    }[away];
    const world = await lived(small);
    const before = await standing(world);
    world.now += 1;
    world.lose("tally");
    const tries: number[] = [];
    world.at = (call, moment) => {
      if (moment !== "saved" || !calls.test(call)) return;
      tries.push(world.now);
      throw new Error(`the ${away} is away`);
    };
    const from = world.now;
    await expect(world.ask((tally) => tally.status())).rejects.toThrow();
    await world.rest(from + 60 * MINUTE_MS);
    await expect(world.ask((tally) => tally.status())).rejects.toThrow();
    world.at = () => undefined;
    await world.restored();
    await world.rest();
    await world.send();
    expect(await standing(world)).toEqual(before);
    const pauses = tries.map((at, index) => at - (tries[index - 1] ?? from)).filter((ms) => ms > 0);
    expect([away, pauses]).toEqual([away, pauses.toSorted((a, b) => a - b)]);
    expect(pauses.length).toBeGreaterThan(4);
    expect(world.problems.some((it) => it.startsWith("tally.restore-failed"))).toBe(true);
  },
);

test("the hour under way is restored too, at once and from the raw log", async () => {
  const world = new LostWorld(MORNING);
  const see = (by: number) => world.append([viewBy(by, "a", world.now)]);
  await see(1);
  await see(2);
  await world.send();
  await see(3);
  await world.ask((tally) => tally.correction.seal(MORNING - 90 * MINUTE_MS, 1));
  const views = () => world.ask((tally) => tally.counts([content("a")]).counts[0]?.views);
  expect(await views()).toBe(3);
  world.now += MINUTE_MS;
  world.lose("tally");
  const from = world.now;
  await world.restored();
  expect(world.now - from).toBeLessThan(5 * MINUTE_MS);
  expect(await views()).toBe(3);
  world.now += 2 * MINUTE_MS;
  await see(1);
  expect(await views()).toBe(4);
  world.now += 2 * HOUR_MS;
  await world.settle();
  expect(await views()).toBe(4);
});

/** Two views archived and three that are only in the database, all of one hour. */
const withTail = async (): Promise<LostWorld> => {
  const world = new LostWorld(MORNING);
  await world.append([1, 2].map((by) => viewBy(by, "a", world.now)));
  await world.ask((tally) => tally.correction.seal(MORNING - 90 * MINUTE_MS, 1));
  await world.append([3, 4, 5].map((by) => viewBy(by, "a", world.now)));
  await world.send();
  world.now += 2 * HOUR_MS;
  return world;
};

const losesAgain = async (world: LostWorld): Promise<void> => {
  world.now += MINUTE_MS;
  world.lose("tally");
  await world.restored();
};

test("views that were in the database and not yet in the raw log are never taken away by a correction, however often the storage is lost", async () => {
  const world = await withTail();
  const before = await world.known();
  for (const what of ["nothing more", "a late view", "nothing more"]) {
    await losesAgain(world);
    expect(await world.known()).toEqual(before);
    if (what === "a late view") {
      await world.append([viewBy(6, "a", MORNING + MINUTE_MS)]);
      // Archived with a run of another hour.
      await world.ask((tally) => tally.correction.seal(MORNING - 90 * MINUTE_MS, world.now));
    }
    await world.settle({ kind: "hours", from: 0, to: world.now, reason: "manual" });
    expect(await world.known()).toEqual(before);
  }
});

test("a second loss while the first is being restored forgets no incomplete hour", async () => {
  let steps = Number.POSITIVE_INFINITY;
  for (let deadly = 0; deadly < steps; deadly += 1) {
    const world = await withTail();
    const before = await world.known();
    world.now += MINUTE_MS;
    world.lose("tally");
    let step = 0;
    world.at = () => {
      if (step === deadly) {
        world.now += 1;
        world.lose("tally");
      }
      step += 1;
    };
    await throughout(world);
    steps = step;
    world.at = () => undefined;
    expect([deadly, await world.known()]).toEqual([deadly, before]);
  }
  expect(steps).toBeGreaterThan(10);
});

/** Views as they were counted: what is 0, and published above the truth, is in no raw log. */
const counted = (world: LostWorld) => ({
  truth: world.views(),
  rows: Object.fromEntries(
    Object.entries(world.rows())
      .filter(([table]) => table !== "parts")
      .map(([table, rows]) => [table, rows.filter((row) => !/"(?:views|uniques)":0/.test(row))]),
  ),
});

test("storage and database lost, the raw log whole: hours, days, uniques and regions within raw retention come back from the raw log alone", async () => {
  await fc.assert(
    fc.asyncProperty(historyOf({ byHand: false, isLong: false }), async (history) => {
      const world = await lived(history);
      const before = counted(world);
      world.now += 1;
      world.wipeDatabase();
      world.lose("tally");
      await world.restored();
      await world.order({ kind: "hours", from: 0, to: world.now, reason: "rebuild" });
      await world.rest();
      await world.send();
      expect(counted(world)).toEqual(before);
    }),
    { numRuns: 30 },
  );
});

test("with storage and database lost, what no raw log says is lost: closed values, start values, what was restated", async () => {
  const world = await lived({
    long: [{ do: "view", views: [{ content: "a", visitor: 1, ago: 0 }] }],
    recent: [
      { do: "view", views: [{ content: "a", visitor: 2, ago: 0 }] },
      { do: "start", content: "a", views: 100 },
      { do: "restate", content: "b", views: 7 },
    ],
  });
  const views = () => world.ask((tally) => tally.counts(["a", "b"].map(content)).counts);
  expect(await views()).toMatchObject([{ views: 102 }, { views: 7 }]);
  world.now += 1;
  world.wipeDatabase();
  world.lose("tally");
  await world.restored();
  expect(await views()).toMatchObject([{ views: 1 }, { views: 0 }]);
});

test("an hour whose tail is lost with the database, too, is what the raw log has of it", async () => {
  const world = await withTail();
  await losesAgain(world);
  await world.send();
  world.wipeDatabase();
  await losesAgain(world);
  await world.settle({ kind: "hours", from: 0, to: world.now, reason: "rebuild" });
  const { counts } = await world.ask((tally) => tally.counts([content("a")]));
  expect(counts).toMatchObject([{ views: 2 }]);
});
