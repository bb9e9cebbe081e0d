import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  LIVE_STALE_MS,
  RANKINGS_KEEP_MS,
  RANKINGS_SAVE_MS,
  RANKINGS_SORT_MS,
} from "../../../src/core/limits.ts";
import type { LiveDay } from "../../../src/core/live/lasting.ts";
import { stamp } from "../../../src/core/stamp.ts";
import type { LiveEntry } from "../../../src/protocol/room-rpc.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";
import { NOON, RankingsWorld as World } from "../../support/rankings-world.ts";

const aDay = (uniques: number): LiveDay => ({
  day: 20_261_121,
  peak: 1,
  uniques,
  sessions: 1,
  watchedSeconds: 60,
  liveSeconds: 60,
});

test("the most viewers come first, then the youngest stream", () => {
  const world = new World();
  world.publish("five", { viewers: 5 });
  world.publish("old", { viewers: 9, startedAt: 1 });
  world.publish("young", { viewers: 9, startedAt: 2 });
  expect(world.streams()).toEqual(["young", "old", "five"]);
  expect(world.streams(2)).toEqual(["young", "old"]);
});

test("a category has its own streams alone, and without one all are told", () => {
  const world = new World();
  world.publish("game", { category: "games", viewers: 1 });
  world.publish("song", { category: "music", viewers: 2 });
  world.publish("none", { viewers: 3 });
  expect(world.streams(10, "games")).toEqual(["game"]);
  expect(world.streams(10, "empty")).toEqual([]);
  expect(world.streams()).toEqual(["none", "song", "game"]);
});

test("ended streams are not told, not even within the second; of a syncing one the number that is held is", () => {
  const world = new World();
  world.publish("gone", { viewers: 3 });
  world.publish("unsure", { viewers: 2, status: "syncing" });
  world.publish("here");
  expect(world.streams()).toEqual(["gone", "unsure", "here"]);
  world.publish("gone", { status: "ended" });
  const told = world.rankings.live(10).streams;
  expect(told.map(({ stream: id, viewers }) => [id, viewers])).toEqual([
    ["unsure", 2],
    ["here", 1],
  ]);
});

test("readers are told numbers alone, not what has to reach the database", () => {
  const world = new World();
  const {
    samples: _,
    days: __,
    ...numbers
  } = world.publish("a", {
    samples: [{ recordedAt: NOON, viewers: 1, peak: 1 }],
    days: [aDay(1)],
  });
  expect(world.rankings.live(1).streams).toEqual([numbers]);
});

test("a stream nothing was heard of for a minute is not told as live, and is again when it is heard of", () => {
  const world = new World();
  world.publish("silent");
  world.now += LIVE_STALE_MS - RANKINGS_SORT_MS - 1;
  expect(world.streams()).toEqual(["silent"]);
  expect(world.streams()).toEqual([]);
  world.publish("silent");
  expect(world.streams()).toEqual(["silent"]);
});

test("whatever order they arrive in and however often, the entry with the largest stamp stays", () => {
  const publish = fc.record({
    name: fc.constantFrom("a", "b", "c"),
    viewers: fc.nat(5),
    version: fc.nat(20),
    live: fc.boolean(),
    category: fc.constantFrom("x", null),
  });
  fc.assert(
    fc.property(fc.array(publish, { maxLength: 30 }), fc.boolean(), (published, restart) => {
      const world = new World();
      const best = new Map<string, LiveEntry>();
      for (const { name, viewers, version, live, category } of published) {
        const status = live ? "live" : "ended";
        const more = { viewers, category, status, stamp: stamp(1, version) } as const;
        const entry = world.publish(name, more);
        const known = best.get(name);
        if (known === undefined || entry.stamp > known.stamp) best.set(name, entry);
      }
      if (restart) {
        world.alarm();
        world.evict();
      }
      const live = [...best.values()]
        .filter(({ status }) => status === "live")
        .map(({ samples: _, days: __, ...numbers }) => numbers);
      expect(new Set(world.streams())).toEqual(new Set(live.map((entry) => entry.stream)));
      const told = world.rankings.live(100).streams;
      expect(new Set(told)).toEqual(new Set(live));
      const viewers = told.map((entry) => entry.viewers);
      expect(viewers).toEqual(viewers.toSorted((a, b) => b - a));
    }),
  );
});

describe("what is saved", () => {
  test("survives the instance, ended streams too, and an older stamp is refused after it", () => {
    const world = new World();
    const ended = world.publish("ended", { status: "ended", stamp: stamp(1, 50) });
    world.publish("live");
    world.alarm();
    world.evict();
    expect(world.streams()).toEqual(["live"]);
    world.rankings.publish({ ...ended, status: "live", stamp: stamp(1, 49) });
    expect(world.streams()).toEqual(["live"]);
  });

  test("is written together: a thousand streams in some rows, a few seconds after the first change", () => {
    const world = new World();
    for (let i = 0; i < 1_000; i += 1) world.publish(`s${i}`);
    expect(world.rows()).toBe(0);
    expect(world.disk.alarm).toBe(NOON + RANKINGS_SAVE_MS);
    world.alarm();
    expect(world.rows()).toBeLessThanOrEqual(64);
    world.evict();
    for (let i = 0; i < 1_000; i += 1) {
      expect(world.answerTo(`s${i}`, { stamp: stamp(0, 0) }).had).toMatchObject({ asOf: NOON });
    }
  });

  test("later changes do not put the save off", () => {
    const world = new World();
    world.publish("a");
    world.now += RANKINGS_SAVE_MS - 1;
    world.publish("b");
    expect(world.disk.alarm).toBe(NOON + RANKINGS_SAVE_MS);
  });

  test("a save that fails is made up for by the next one", () => {
    const world = new World();
    world.publish("a");
    world.disk.failNext("INSERT INTO pages");
    expect(() => world.alarm()).toThrow("the disk is full");
    world.publish("b");
    world.alarm();
    world.evict();
    expect(new Set(world.streams())).toEqual(new Set(["a", "b"]));
  });

  test("what no version can read costs nothing but itself", () => {
    const world = new World();
    world.publish("good");
    world.alarm();
    const storage = world.disk.open();
    storage.sql.exec("INSERT INTO pages (page, entries) VALUES (1000, '{not json')");
    storage.sql.exec("INSERT INTO pages (page, entries) VALUES (1001, '[{\"stream\":1},null]')");
    world.evict();
    expect(world.streams()).toEqual(["good"]);
  });
});

describe("what is forgotten", () => {
  test("is what was silent for a day, from disk too, with nobody asking", async () => {
    const world = new World();
    world.publish("ended", { status: "ended" });
    world.publish("silent");
    await world.rankings.flush();
    world.alarm();
    expect(world.rows()).toBeGreaterThan(0);
    expect(world.disk.alarm).toBe(NOON + RANKINGS_KEEP_MS);
    world.alarm();
    expect(world.rows()).toBe(0);
    expect(world.disk.alarm).toBeUndefined();
  });

  test("is not what was heard of since", async () => {
    const world = new World();
    world.publish("gone");
    world.publish("there");
    await world.rankings.flush();
    world.alarm();
    world.now = NOON + RANKINGS_KEEP_MS - 1;
    world.publish("there");
    world.alarm();
    world.evict();
    expect(world.streams()).toEqual(["there"]);
  });

  test("is not what the database does not have, however old; when it has it, it is forgotten", async () => {
    const world = new World();
    world.publish("ended", { status: "ended", peak: 7 });
    world.alarm();
    expect(world.disk.alarm).toBeUndefined();
    world.now += 10 * RANKINGS_KEEP_MS;
    world.rankings.alarm();
    world.evict();
    await world.rankings.flush();
    expect(world.tables.current.get("ended")).toMatchObject({ status: "ended", peak: 7 });
    world.alarm();
    expect(world.rows()).toBe(0);
  });

  test("is the one silent the longest of those the database has, when there are too many", async () => {
    const world = new World(3);
    const publish = (name: string) => {
      world.now += 1;
      world.publish(name);
    };
    for (const name of ["s1", "s2", "s3"]) publish(name);
    await world.rankings.flush();
    publish("s1");
    publish("s4");
    expect(new Set(world.streams())).toEqual(new Set(["s1", "s3", "s4"]));
    world.alarm();
    world.evict();
    for (const name of ["s5", "s6"]) publish(name);
    // s3 was saved; of the others, which were not, s1 was silent the longest.
    expect(new Set(world.streams())).toEqual(new Set(["s4", "s5", "s6"]));
  });
});

test("of too many, one that is saved is forgotten before one that was silent for longer and is not", async () => {
  const world = new World(3);
  world.publish("saved", { asOf: NOON + 1 });
  world.publish("younger", { asOf: NOON + 2 });
  await world.rankings.flush();
  world.publish("unsaved", { asOf: NOON });
  world.alarm();
  world.evict();
  world.publish("new");
  expect(new Set(world.streams())).toEqual(new Set(["younger", "unsaved", "new"]));
});

test("thousands of streams are put in order once a second, not for each reader", () => {
  const world = new World();
  let looks = 0;
  for (let i = 0; i < 10_000; i += 1) {
    const viewers = (i * 7_919) % 10_007;
    const counted = Object.defineProperty(anEntry(stream(`s${i}`), { asOf: NOON }), "viewers", {
      get() {
        looks += 1;
        return viewers;
      },
    });
    world.rankings.publish(counted);
  }
  expect(world.streams()).toHaveLength(100);
  expect(looks).toBeGreaterThan(10_000);
  looks = 0;
  for (let read = 0; read < 100; read += 1) world.rankings.live(100);
  expect(looks).toBe(0);
});

describe("a room is answered", () => {
  test("what the list had of its stream until then, and nothing the first time", () => {
    const world = new World();
    expect(world.answerTo("a", { viewers: 4, asOf: 5 }).had).toBeUndefined();
    const second = world.answerTo("a", { viewers: 9, asOf: 6 });
    expect(second.had).toEqual({ viewers: 4, asOf: 5, stamp: stamp(1, 1) });
  });

  test("what the list has all the same, when its stamp is not above that", () => {
    const world = new World();
    world.publish("a", { viewers: 4, asOf: 5, stamp: stamp(2, 1) });
    const had = { viewers: 4, asOf: 5, stamp: stamp(2, 1) };
    expect(world.answerTo("a", { viewers: 9, stamp: stamp(1, 9) }).had).toEqual(had);
    expect(world.answerTo("a", { viewers: 9, stamp: stamp(2, 1) }).had).toEqual(had);
  });

  test("how much of it is in the database, and zeros before anything is", async () => {
    const world = new World();
    const samples = [1, 2].map((at) => ({ recordedAt: NOON + at, viewers: 1, peak: 1 }));
    expect(world.answerTo("a", { asOf: 5, samples }).saved).toEqual({ asOf: 0, sampledThrough: 0 });
    expect(world.answerTo("b").saved).toEqual({ asOf: 0, sampledThrough: 0 });
    await world.rankings.flush();
    const saved = { asOf: 5, sampledThrough: NOON + 2 };
    expect(world.answerTo("a", { stamp: stamp(0, 1) }).saved).toEqual(saved);
    expect(world.answerTo("a").saved).toEqual(saved);
  });
});

describe("pages", () => {
  test("of the former version, without what has to last and without marks, are read and then saved", async () => {
    const world = new World();
    const { samples: _, days: __, ...numbers } = world.make("old", { viewers: 8 });
    world.wakeWithPage(JSON.stringify([numbers]));
    expect(world.streams()).toEqual(["old"]);
    expect(world.answerTo("old", { stamp: stamp(0, 0) })).toEqual({
      had: { viewers: 8, asOf: NOON, stamp: numbers.stamp },
      saved: { asOf: 0, sampledThrough: 0 },
    });
    expect(await world.rankings.flush()).toEqual({ rows: 1, statements: 1 });
    expect(world.tables.current.get("old")).toEqual(numbers);
  });

  test("with numbers that are none are not read: they would hold up every flush", async () => {
    const world = new World();
    const entry = world.make("bad");
    const bad = [
      { ...entry, viewers: null },
      { ...entry, status: "unheard of" },
    ];
    world.wakeWithPage(JSON.stringify(bad));
    expect(await world.rankings.flush()).toEqual({ rows: 0, statements: 0 });
  });

  test("longer than a row may be go on in further rows, and shrink again", async () => {
    const world = new World();
    const broadcaster = "b".repeat(20_000);
    // Each 12 samples long, as after an hour without a database.
    const samples = Array.from({ length: 12 }, (_, i) => {
      return { recordedAt: NOON + i, viewers: 123_456, peak: 123_456 };
    });
    const publish = (status: "live" | "ended") => {
      for (let i = 0; i < 4_000; i += 1) world.publish(`s${i}`, { broadcaster, samples, status });
    };
    publish("live");
    world.alarm();
    const long = world.rows();
    expect(long).toBeGreaterThan(64);
    const lengths = world.disk.read("SELECT max(length(entries)) AS longest FROM pages");
    expect(Number(lengths[0]?.longest)).toBeLessThan(2_000_000);
    world.evict();
    expect(world.answerTo("s3999", { stamp: stamp(0, 0) }).had).toMatchObject({ asOf: NOON });
    publish("ended");
    await world.rankings.flush();
    world.now += RANKINGS_KEEP_MS;
    world.alarm();
    expect(world.rows()).toBe(0);
  });
});
