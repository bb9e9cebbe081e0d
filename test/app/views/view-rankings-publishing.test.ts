import { expect, test } from "vitest";
import {
  HOUR_MS,
  MINUTE_MS,
  PUBLISH_REARM_MS,
  VIEW_RANKINGS_MAX_LISTS,
  VIEW_RANKINGS_PUBLISH_MS,
} from "../../../src/core/limits.ts";
import { shown } from "../../support/shown-contents.ts";
import {
  aPeriod,
  NOON,
  ranked,
  slotViews,
  ViewRankingsWorld,
} from "../../support/view-rankings-world.ts";

const SECOND_MS = 1_000;

const open = () => new ViewRankingsWorld({ publishes: true });
const shownIn = (world: ViewRankingsWorld, key: string) =>
  shown(world.published.get(key)?.contents);

test("where readers ask the object itself, nothing is published", async () => {
  const world = new ViewRankingsWorld();
  world.tell(0, [slotViews("a", 1)]);
  await world.runTo(NOON + MINUTE_MS);
  expect(world.calls).toEqual([]);
});

test("every list that there is goes in one call, as it would be told here", async () => {
  const world = open();
  world.rankings.setPeriods([
    aPeriod({ all: [ranked("d", 4)], byCategory: [["x", [ranked("d", 4)]]] }),
  ]);
  world.tell(0, [slotViews("a", 2, { category: "y", before: 1 }), slotViews("b", 1)]);
  await world.alarm();
  expect(world.calls).toEqual([["realtime", "day", "realtime/y", "day/x"]]);
  for (const [key, window, category] of [
    ["realtime", "realtime", undefined],
    ["realtime/y", "realtime", "y"],
    ["day", "day", undefined],
    ["day/x", "day", "x"],
  ] as const) {
    expect(world.published.get(key)).toEqual(world.rankings.views(window, 100, category));
  }
});

test("two calls are two seconds apart, and each has what changed alone", async () => {
  const world = open();
  const told = (a: number) => [
    slotViews("a", a, { category: "x" }),
    slotViews("b", 1, { category: "y" }),
  ];
  world.tell(0, told(1));
  await world.alarm();
  world.calls.length = 0;
  world.now += 100;
  world.tell(0, told(2));
  expect(world.disk.alarm).toBe(NOON + VIEW_RANKINGS_PUBLISH_MS);
  world.tell(0, told(3));
  await world.alarm();
  expect(world.calls).toEqual([["realtime", "realtime/x"]]);
  expect(shownIn(world, "realtime/x")).toEqual(["a:3"]);
});

test("a telling that changes no list is followed by no call", async () => {
  const world = open();
  world.tell(0, [slotViews("a", 1)]);
  await world.alarm();
  world.now += 3 * SECOND_MS;
  world.tell(0, [slotViews("a", 1)]);
  await world.runTo(world.now + 5 * SECOND_MS);
  expect(world.calls).toHaveLength(1);
});

test("a store that has lost all has it again within a minute", async () => {
  const world = open();
  world.rankings.setPeriods([aPeriod({ all: [ranked("d", 4)] })]);
  world.tell(0, [slotViews("a", 2, { category: "y" })]);
  await world.alarm();
  const had = new Map(world.published);
  world.published.clear();
  await world.runTo(world.now + MINUTE_MS + VIEW_RANKINGS_PUBLISH_MS);
  expect(new Set(world.published.keys())).toEqual(new Set(had.keys()));
  expect(shownIn(world, "day")).toEqual(["d:4"]);
});

test("nothing is published again when nobody told anything for an hour, and all of it is when somebody does", async () => {
  const world = open();
  world.tell(0, [slotViews("a", 1)]);
  await world.runTo(NOON + 2 * HOUR_MS);
  expect(world.disk.alarm).toBeUndefined();
  world.published.clear();
  world.tell(0, [slotViews("a", 2)]);
  await world.alarm();
  expect(shownIn(world, "realtime")).toEqual(["a:2"]);
});

test("what fails is kept, is tried again at growing distances, and goes with what has changed meanwhile", async () => {
  const world = open();
  world.away = true;
  world.tell(0, [slotViews("a", 1)]);
  const tried: number[] = [];
  world.onPublish = () => tried.push(world.now - NOON);
  await world.runTo(NOON + 35 * SECOND_MS);
  expect(tried).toEqual([0, 4_000, 12_000, 22_000, 32_000]);
  expect(world.log.lines).toEqual(Array(5).fill("rankings.not-published"));
  world.tell(1, [slotViews("b", 7, { category: "x" })]);
  world.away = false;
  await world.runTo(NOON + 43 * SECOND_MS);
  expect(shownIn(world, "realtime")).toEqual(["b:7", "a:1"]);
  expect(shownIn(world, "realtime/x")).toEqual(["b:7"]);
});

test("a store that is away holds up no saving and no reading", async () => {
  const world = open();
  world.away = true;
  world.tell(0, [slotViews("a", 1)]);
  await world.runTo(NOON + 15 * SECOND_MS);
  world.crash();
  expect(world.shown("realtime")).toEqual(["a:1"]);
});

test("what is told while a call is on its way goes with the next", async () => {
  const world = open();
  world.tell(0, [slotViews("a", 1)]);
  world.onPublish = () => {
    world.onPublish = () => {};
    world.tell(0, [slotViews("a", 2)]);
  };
  await world.alarm();
  expect(shownIn(world, "realtime")).toEqual(["a:1"]);
  await world.alarm();
  expect(world.now - NOON).toBe(VIEW_RANKINGS_PUBLISH_MS);
  expect(shownIn(world, "realtime")).toEqual(["a:2"]);
});

test("a life that ends with a call on its way leaves an alarm, and the next one publishes everything", async () => {
  const world = open();
  world.rankings.setPeriods([aPeriod({ all: [ranked("d", 4)] })]);
  world.onPublish = () => {
    world.onPublish = () => {};
    world.disk.flush();
    world.evict();
    throw new Error("the object is gone");
  };
  const dying = world.alarm();
  await expect(dying).rejects.toThrow("a dead object touched its storage");
  expect(world.disk.alarm).toBe(NOON + PUBLISH_REARM_MS);
  await world.alarm();
  expect(shownIn(world, "day")).toEqual(["d:4"]);
});

test("a category in which nothing is left is published empty, once", async () => {
  const world = open();
  world.tell(0, [slotViews("a", 1, { category: "x" }), slotViews("b", 1)]);
  await world.alarm();
  world.now += 3 * SECOND_MS;
  const { asOf } = world.tell(0, [
    slotViews("a", 0, { category: "x", before: 1 }),
    slotViews("b", 1),
  ]);
  await world.alarm();
  expect(world.published.get("realtime/x")).toMatchObject({ asOf, contents: [] });
  world.calls.length = 0;
  await world.runTo(world.now + MINUTE_MS);
  expect(world.calls.flat()).not.toContain("realtime/x");
});

test("lists of a day that is over are left as they are", async () => {
  const world = open();
  world.rankings.setPeriods([
    aPeriod({ all: [ranked("d", 4)], byCategory: [["x", [ranked("d", 4)]]] }),
  ]);
  await world.alarm();
  world.now = aPeriod().to;
  world.calls.length = 0;
  world.tell(0, [slotViews("a", 1)]);
  await world.runTo(world.now + 2 * MINUTE_MS);
  expect(new Set(world.calls.flat())).toEqual(new Set(["realtime"]));
});

test("of more lists than one call takes, those of all contents go first and the others follow, none left out", async () => {
  const world = open();
  const byCategory = Array.from(
    { length: 2 * VIEW_RANKINGS_MAX_LISTS },
    (_, index) => [`k${index}`, [ranked("a", 1)]] as const,
  );
  world.rankings.setPeriods([aPeriod({ byCategory })]);
  world.tell(0, [slotViews("a", 1)]);
  await world.alarm();
  expect(world.calls[0]).toHaveLength(VIEW_RANKINGS_MAX_LISTS);
  expect(world.calls[0]?.slice(0, 2)).toEqual(["realtime", "day"]);
  await world.runTo(NOON + 2 * VIEW_RANKINGS_PUBLISH_MS);
  expect(world.published.size).toBe(2 * VIEW_RANKINGS_MAX_LISTS + 2);
});
