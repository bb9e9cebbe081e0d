import { describe, expect, test } from "vitest";
import { readStamp, type Stamp, stamp } from "../../../src/core/stamp.ts";
import type { LiveEntry, PublishAnswer } from "../../../src/protocol/room-rpc.ts";
import { DriftWorld } from "../../support/drift-world.ts";

/** The list of live streams, with one stream in it. */
class List {
  row: LiveEntry | undefined;
  async publish(entry: LiveEntry): Promise<PublishAnswer> {
    const had = this.row;
    if (had === undefined || had.stamp < entry.stamp) this.row = entry;
    return { had, saved: { asOf: 0, sampledThrough: 0 } };
  }

  /** Somebody writes beside the room. */
  rewrite(change: Partial<LiveEntry>): void {
    if (this.row === undefined) throw new Error("nothing was published yet");
    this.row = { ...this.row, ...change };
  }
}

const worldWithList = async (viewers: number) => {
  const world = await DriftWorld.with(0);
  const list = new List();
  world.room.list = list;
  for (let i = 0; i < viewers; i += 1) await world.enter(`v${i}`);
  await world.pass(42);
  return { world, list };
};

const ownStamp = (list: List): Stamp => list.row?.stamp ?? stamp(0, 0);

const later = (list: List, generations: number, versions: number): Stamp => {
  const { generation, version } = readStamp(ownStamp(list));
  return stamp(generation + generations, version + versions);
};

describe.each([
  ["under the stamp and time of the room's own", (list: List) => ownStamp(list)],
  ["under a larger version", (list: List) => later(list, 0, 1_000_000)],
  ["of a later generation", (list: List) => later(list, 3_600_000, 0)],
  [
    "of the last version there can be",
    (list: List) => `${ownStamp(list).split("-")[0]}-zzzzzzzzzzz` as Stamp,
  ],
])("another number in the list, %s", (_, foreign) => {
  test.each([
    [1_000, 970, "silent"],
    [1_000, 900, "batches"],
    [1_000, 800, "hold"],
    [600, 1_000, "census"],
  ] as const)("%i instead of %i is found and put right: %s", async (wrong, right, tier) => {
    const { world, list } = await worldWithList(right);
    list.rewrite({ viewers: wrong, stamp: foreign(list) });
    await world.until(75, () => world.room.records().length > 0);
    expect(world.room.records()).toMatchObject([
      {
        job: "reconcile",
        source: "list",
        tier,
        before: wrong,
        after: right,
        rows: Math.abs(right - wrong),
        failures: 0,
      },
    ]);
    expect(list.row).toMatchObject({ viewers: right, status: "live" });
    expect(world.clients.at(-1)?.statuses).toEqual(["live"]);
    expect([...world.room.database.current.values()].map(({ viewers }) => viewers)).toEqual(
      tier === "census" ? [right] : [],
    );
    const last = ownStamp(list);
    world.room.evict();
    expect(world.room.numbers().stamp > last).toBe(true);
    await world.pass(90);
    expect(world.room.records()).toHaveLength(1);
    expect(list.row?.viewers).toBe(right);
  });
});

test("a small difference in the list is put right and not recorded", async () => {
  const { world, list } = await worldWithList(3);
  list.rewrite({ viewers: 1 });
  await world.pass(25);
  expect(list.row?.viewers).toBe(3);
  expect(world.room.records()).toEqual([]);
});

test("a list that lost everything is told anew, and nothing is wrong", async () => {
  const { world, list } = await worldWithList(20);
  list.row = undefined;
  await world.pass(25);
  expect(list.row).toMatchObject({ viewers: 20 });
  expect(world.room.records()).toEqual([]);
});

test("a publish whose answer was lost is no drift, nor is an answer that comes after another publish", async () => {
  const { world, list } = await worldWithList(20);
  const take = list.publish.bind(list);
  // It is taken, and nobody hears of it.
  list.publish = async (entry) => {
    await take(entry);
    throw new Error("lost on its way");
  };
  for (let i = 0; i < 20; i += 1) await world.enter(`more${i}`);
  await world.pass(30);
  list.publish = take;
  await world.pass(60);
  const answers: (() => void)[] = [];
  list.publish = async (entry) => {
    const answer = await take(entry);
    const { promise, resolve } = Promise.withResolvers<void>();
    answers.push(resolve);
    await promise;
    return { ...answer, had: { ...entry, viewers: 7 } };
  };
  await world.until(40, () => answers.length >= 2);
  answers[0]?.();
  await world.pass(1);
  expect(list.row?.viewers).toBe(40);
  expect(world.room.records()).toEqual([]);
});

test("who writes above the room again and again is not raced, nor is one with a stamp nobody can rise above", async () => {
  for (const next of [(list: List) => later(list, 3_600_000, 0), () => "~~~" as Stamp]) {
    const { world, list } = await worldWithList(20);
    const take = list.publish.bind(list);
    let told = 0;
    list.publish = async (entry) => {
      told += 1;
      list.rewrite({ viewers: 200, stamp: next(list) });
      return take(entry);
    };
    await world.pass(60);
    expect(told).toBeLessThan(12);
    expect(world.viewers).toBe(20);
  }
});

test("an entry that its successor overtook is no drift: what the list then has is the room's own", async () => {
  const { world, list } = await worldWithList(10);
  const take = list.publish.bind(list);
  const gate = Promise.withResolvers<void>();
  let overtaken = 0;
  list.publish = async (entry) => {
    if (entry.viewers === 20) {
      overtaken += 1;
      await gate.promise;
    }
    return take(entry);
  };
  for (let i = 0; i < 10; i += 1) await world.enter(`late${i}`);
  await world.pass(10);
  for (let i = 0; i < 10; i += 1) await world.enter(`later${i}`);
  await world.pass(10);
  expect(overtaken).toBeGreaterThan(0);
  expect(list.row?.viewers).toBe(30);
  gate.resolve();
  await world.pass(60);
  expect(list.row?.viewers).toBe(30);
  expect(world.room.records()).toEqual([]);
  expect(world.room.problems).toEqual([]);
});

test("an entry that arrives twice is no foreign one", async () => {
  const { world, list } = await worldWithList(10);
  const take = list.publish.bind(list);
  list.publish = async (entry) => {
    await take(entry);
    return take(entry);
  };
  await world.enter("another");
  await world.pass(60);
  expect(list.row?.viewers).toBe(11);
  expect(world.room.problems).toEqual([]);
});
