import { describe, expect, test } from "vitest";
import { VIEW_RANKINGS_MERGE_MS, VIEW_RANKINGS_SAVE_MS } from "../../../src/core/limits.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { RANKED_SLOTS, SLOT_MS, slotOf } from "../../../src/core/views/slots.ts";
import { shown } from "../../support/shown-contents.ts";
import {
  aPeriod,
  NOON,
  ranked,
  slotViews,
  ViewRankingsWorld as World,
} from "../../support/view-rankings-world.ts";

describe("the last hour", () => {
  test("is not known before a shard has told anything, and is empty when the shards have nothing", () => {
    const world = new World();
    expect(world.views("realtime")).toBeUndefined();
    world.tell(0, []);
    expect(world.shown("realtime")).toEqual([]);
  });

  test("parts of a content add up over shards, the most viewed first, of equals the first id by its bytes", () => {
    const world = new World();
    world.tell(0, [slotViews("b", 3), slotViews("hot", 4)]);
    world.tell(1, [slotViews("a", 3), slotViews("hot", 5), slotViews("B", 3), slotViews("_", 3)]);
    expect(world.shown("realtime")).toEqual(["hot:9", "B:3", "_:3", "a:3", "b:3"]);
    expect(world.shown("realtime", 2)).toEqual(["hot:9", "B:3"]);
  });

  test("a category has its own first ones, known by any part of a content, of several by the youngest", () => {
    const world = new World();
    world.tell(0, [slotViews("a", 2, { category: "old" }), slotViews("b", 1)]);
    world.now += 1;
    world.tell(1, [slotViews("a", 2, { category: "new" }), slotViews("c", 1, { category: "new" })]);
    world.now += 1;
    world.tell(2, [slotViews("a", 1), slotViews("b", 9)]);
    expect(world.shown("realtime", 9, "new")).toEqual(["a:5", "c:1"]);
    expect(world.shown("realtime", 9, "old")).toEqual([]);
    expect(world.shown("realtime", 9, "never")).toEqual([]);
    expect(world.shown("realtime")).toEqual(["b:10", "a:5", "c:1"]);
  });

  test("the rank before is that of the list itself, and nobody's who had no views then", () => {
    const world = new World();
    world.tell(0, [
      slotViews("up", 9, { before: 1, category: "x" }),
      slotViews("down", 8, { before: 7 }),
      slotViews("new", 7, { category: "x" }),
      slotViews("gone", 0, { before: 99, category: "x" }),
    ]);
    expect(world.shown("realtime")).toEqual(["up:9<3", "down:8<2", "new:7"]);
    expect(world.shown("realtime", 9, "x")).toEqual(["up:9<2", "new:7"]);
  });

  test("parts of an hour ago add up, too", () => {
    const world = new World();
    world.tell(0, [slotViews("a", 2, { before: 3 }), slotViews("b", 1, { before: 4 })]);
    world.tell(1, [slotViews("a", 1, { before: 2 })]);
    expect(world.shown("realtime")).toEqual(["a:3<1", "b:1<2"]);
  });

  test("who was behind the first hundred has no rank before", () => {
    const world = new World();
    const many = Array.from({ length: 150 }, (_, index) =>
      slotViews(`c${index}`, index + 1, { before: 150 - index }),
    );
    world.tell(0, many);
    const list = world.views("realtime")?.contents ?? [];
    expect(list).toHaveLength(100);
    expect(list.map(({ content, previousRank }) => [content, previousRank])).toEqual(
      Array.from({ length: 100 }, (_, index) => {
        const at = 149 - index;
        return [`c${at}`, at < 100 ? at + 1 : null];
      }),
    );
  });

  test("is about the twelve slots up to the end of the one under way, as of the youngest telling", () => {
    const world = new World();
    world.now = NOON + 3 * SLOT_MS + 70_000;
    world.tell(0, [slotViews("a", 1)], { asOf: world.now - 500 });
    world.tell(1, [slotViews("a", 1)], { asOf: world.now - 900 });
    const to = NOON + 4 * SLOT_MS;
    expect(world.views("realtime")).toMatchObject({
      ...{ window: "realtime", from: to - RANKED_SLOTS * SLOT_MS, to },
      asOf: NOON + 3 * SLOT_MS + 69_500,
    });
  });

  test("a telling shows within a second, and not every read makes the order anew", () => {
    const world = new World();
    world.tell(0, [slotViews("a", 1)]);
    expect(world.shown("realtime")).toEqual(["a:1"]);
    world.tell(0, [slotViews("a", 2)]);
    world.now += VIEW_RANKINGS_MERGE_MS - 1;
    expect(shown(world.rankings.views("realtime", 9)?.contents)).toEqual(["a:1"]);
    world.now += 1;
    expect(shown(world.rankings.views("realtime", 9)?.contents)).toEqual(["a:2"]);
  });

  test("a message that comes twice, late, or from a life before changes nothing", () => {
    const world = new World();
    const first = world.tell(0, [slotViews("a", 1)], { stamp: stamp(5, 1) });
    const second = world.tell(0, [slotViews("a", 2)], { stamp: stamp(5, 2) });
    world.rankings.publish(second);
    world.rankings.publish(first);
    world.tell(0, [slotViews("a", 9)], { stamp: stamp(4, 99) });
    expect(world.shown("realtime")).toEqual(["a:2"]);
  });

  test("a shard that falls silent is shown through the slot after its own, and no longer", () => {
    const world = new World();
    world.tell(0, [slotViews("a", 5)]);
    world.now += SLOT_MS;
    world.tell(1, [slotViews("b", 1)]);
    expect(world.shown("realtime")).toEqual(["a:5", "b:1"]);
    world.now = (slotOf(NOON) + 2) * SLOT_MS - VIEW_RANKINGS_MERGE_MS - 1;
    expect(world.shown("realtime")).toEqual(["a:5", "b:1"]);
    expect(world.shown("realtime")).toEqual(["b:1"]);
    world.now += 2 * SLOT_MS;
    expect(world.shown("realtime")).toEqual([]);
    const last = world.tell(0, [slotViews("a", 4)]);
    expect(world.shown("realtime")).toEqual(["a:4"]);
    expect(world.views("realtime")?.asOf).toBe(last.asOf);
  });

  test("of more contents than there is room for, each shard keeps those with the most views", () => {
    const world = new World({ maxContents: 400 });
    const of = (shard: number) =>
      Array.from({ length: 300 }, (_, index) => slotViews(`s${shard}-${index}`, index + 1));
    for (const shard of [0, 1]) world.tell(shard, of(shard));
    world.tell(0, of(0));
    const list = world.shown("realtime") ?? [];
    expect(list).toHaveLength(100);
    expect(list.slice(0, 3)).toEqual(["s0-299:300", "s1-299:300", "s0-298:299"]);
    expect(list.at(-1)).toBe("s1-250:251");
  });
});

describe("what is saved", () => {
  test("nothing is written by a telling; some seconds later one write has all", async () => {
    const world = new World();
    for (const shard of [0, 1, 2]) world.tell(shard, [slotViews(`c${shard}`, 1 + shard)]);
    expect(world.disk.read("SELECT name FROM shards")).toEqual([]);
    expect(world.disk.alarm).toBe(NOON + VIEW_RANKINGS_SAVE_MS);
    await world.alarm();
    expect(world.disk.read("SELECT name FROM shards")).toHaveLength(3);
    expect(world.disk.alarm).toBeUndefined();
  });

  test("survives the instance as it was told, and older messages are refused after it", async () => {
    const world = new World();
    const old = world.tell(0, [slotViews("a", 9)]);
    world.tell(0, [
      slotViews("a", 5, { before: 2, category: "x" }),
      slotViews("b", 7, { before: 3 }),
    ]);
    await world.alarm();
    const before = world.views("realtime");
    world.evict();
    expect(world.views("realtime")).toEqual(before);
    world.rankings.publish(old);
    expect(world.views("realtime")).toEqual(before);
    expect(world.shown("realtime", 9, "x")).toEqual(["a:5<1"]);
  });

  test("what was told and not saved is lost with a crash, and the next telling brings it", async () => {
    const world = new World();
    world.tell(0, [slotViews("a", 1)]);
    await world.alarm();
    const lost = world.tell(0, [slotViews("a", 2)]);
    world.crash();
    expect(world.shown("realtime")).toEqual(["a:1"]);
    world.rankings.publish(lost);
    expect(world.shown("realtime")).toEqual(["a:2"]);
    await world.alarm();
    world.evict();
    expect(world.shown("realtime")).toEqual(["a:2"]);
  });

  test("a write that fails is tried again by the alarm that the platform repeats", async () => {
    const world = new World();
    world.tell(0, [slotViews("a", 1)]);
    const at = world.disk.alarm ?? Number.NaN;
    world.disk.failNext("INSERT INTO shards");
    await expect(world.alarm()).rejects.toThrow("the disk is full");
    world.disk.restoreAlarm(at);
    await world.alarm();
    world.evict();
    expect(world.shown("realtime")).toEqual(["a:1"]);
  });

  test("what another version wrote and this one cannot read is not there, and harms nothing else", async () => {
    const world = new World();
    world.tell(0, [slotViews("a", 1)]);
    world.tell(1, [slotViews("b", 1)]);
    world.rankings.setPeriods([aPeriod()]);
    await world.alarm();
    world.disk.flush();
    const { sql } = world.disk.open();
    sql.exec("UPDATE shards SET text = '{\"v\":9}' WHERE name = 0");
    sql.exec("UPDATE periods SET text = 'half of a t'");
    world.evict();
    expect(world.shown("realtime")).toEqual(["b:1"]);
    expect(world.views("day")).toBeUndefined();
  });
});

describe("day, week and month", () => {
  test("are told as they were set, each by itself, also after the instance is gone", () => {
    const world = new World();
    expect(world.views("day")).toBeUndefined();
    const all = [ranked("a", 9, 2), ranked("b", 5)];
    world.rankings.setPeriods([
      aPeriod({ all, byCategory: [["x", [ranked("b", 5, 1)]]] }),
      aPeriod({ window: "week", all: [ranked("w", 50, 3)] }),
    ]);
    for (const life of ["first", "next"]) {
      expect([life, world.views("day", 1)?.contents]).toEqual([life, [ranked("a", 9, 2)]]);
      expect(world.shown("day", 9, "x")).toEqual(["b:5<1"]);
      expect(world.shown("day", 9, "unknown")).toEqual([]);
      expect(world.shown("week")).toEqual(["w:50<3"]);
      expect(world.views("month")).toBeUndefined();
      expect(world.views("day")).toMatchObject({ window: "day", asOf: NOON, to: aPeriod().to });
      world.evict();
    }
  });

  test("an older list than the one there is changes nothing; one of the same moment takes its place", () => {
    const world = new World();
    world.rankings.setPeriods([aPeriod({ asOf: NOON, all: [ranked("a", 2)] })]);
    world.rankings.setPeriods([aPeriod({ asOf: NOON - 1, all: [ranked("a", 1)] })]);
    expect(world.shown("day")).toEqual(["a:2"]);
    world.rankings.setPeriods([aPeriod({ asOf: NOON, all: [ranked("a", 3)] })]);
    expect(world.shown("day")).toEqual(["a:3"]);
  });

  test("a day that is over is no list of today", () => {
    const world = new World();
    world.rankings.setPeriods([aPeriod({ all: [ranked("a", 2)] })]);
    world.now = aPeriod().to - VIEW_RANKINGS_MERGE_MS - 1;
    expect(world.shown("day")).toEqual(["a:2"]);
    expect(world.views("day")).toBeUndefined();
    const { to } = aPeriod();
    world.rankings.setPeriods([aPeriod({ asOf: to, from: to, to: 2 * to, all: [ranked("b", 1)] })]);
    expect(world.shown("day")).toEqual(["b:1"]);
  });

  test("lists of more categories than fit into one row come back whole", () => {
    const world = new World();
    const list = Array.from({ length: 100 }, (_, index) =>
      ranked(`${"c".repeat(60)}-${index}`, 1_000 - index, index + 1),
    );
    const byCategory = Array.from({ length: 300 }, (_, index) => [`k${index}`, list] as const);
    world.rankings.setPeriods([aPeriod({ byCategory })]);
    expect(world.disk.read("SELECT part FROM periods").length).toBeGreaterThan(2);
    world.evict();
    for (const category of ["k0", "k150", "k299"]) {
      expect(world.views("day", 100, category)?.contents).toEqual(list);
    }
    world.rankings.setPeriods([aPeriod({ asOf: NOON + 1, all: list })]);
    world.evict();
    expect(world.views("day")?.contents).toEqual(list);
  });
});
