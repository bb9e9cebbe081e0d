import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rankingsStore } from "../../../src/adapters/objects/rankings-store.ts";
import { LiveRankings } from "../../../src/app/live/rankings.ts";
import type { StreamId } from "../../../src/core/ids.ts";
import {
  LIVE_STALE_MS,
  RANKINGS_KEEP_MS,
  RANKINGS_SAVE_MS,
  RANKINGS_SORT_MS,
} from "../../../src/core/limits.ts";
import { stamp } from "../../../src/core/stamp.ts";
import type { LiveEntry } from "../../../src/protocol/room-rpc.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";
import { ObjectDisk } from "../../support/object-disk.ts";

const NOON = Date.UTC(2026, 10, 21, 12);

/** The object, from one life to the next. */
class World {
  readonly disk = new ObjectDisk();
  now = NOON;
  rankings: LiveRankings;
  #version = 0;
  readonly #maxEntries: number | undefined;

  constructor(maxEntries?: number) {
    this.#maxEntries = maxEntries;
    this.rankings = this.#wake();
  }

  publish(name: string, more: Partial<LiveEntry> = {}): LiveEntry {
    this.#version += 1;
    const entry = anEntry(stream(name), {
      asOf: this.now,
      stamp: stamp(1, this.#version),
      ...more,
    });
    this.rankings.publish(entry);
    return entry;
  }

  /** Past the moment in which the order stands. */
  streams(limit = 100, category?: string): readonly StreamId[] {
    this.now += RANKINGS_SORT_MS;
    return this.rankings.live(limit, category).streams.map(({ stream: id }) => id);
  }

  /** Time goes on to the alarm, which runs. */
  alarm(): void {
    this.now = Math.max(this.now, this.disk.alarm ?? this.now);
    this.disk.takeAlarm();
    this.rankings.alarm();
    this.disk.flush();
  }

  evict(): void {
    this.disk.flush();
    this.rankings = this.#wake();
  }

  rows(): number {
    return this.disk.read("SELECT page FROM pages").length;
  }

  #wake(): LiveRankings {
    const store = rankingsStore(this.disk.open(), () => undefined);
    const clock = { now: () => this.now };
    const bound = this.#maxEntries === undefined ? {} : { maxEntries: this.#maxEntries };
    return new LiveRankings({ store, clock, ...bound });
  }
}

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

test("neither ended nor syncing streams are told, an ended one not even within the second", () => {
  const world = new World();
  world.publish("gone", { viewers: 2 });
  world.publish("here");
  world.publish("unsure", { status: "syncing" });
  expect(world.streams()).toEqual(["gone", "here"]);
  world.publish("gone", { status: "ended" });
  expect(world.rankings.live(10).streams.map(({ stream: id }) => id)).toEqual(["here"]);
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
      const live = [...best.values()].filter(({ status }) => status === "live");
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
    expect(world.streams(1_000)).toHaveLength(1_000);
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
  test("is what was silent for a day, from disk too, with nobody asking", () => {
    const world = new World();
    world.publish("ended", { status: "ended" });
    world.publish("silent");
    world.alarm();
    expect(world.rows()).toBeGreaterThan(0);
    expect(world.disk.alarm).toBe(NOON + RANKINGS_KEEP_MS);
    world.alarm();
    expect(world.rows()).toBe(0);
    expect(world.disk.alarm).toBeUndefined();
  });

  test("is not what was heard of since", () => {
    const world = new World();
    world.publish("gone");
    world.publish("there");
    world.alarm();
    world.now = NOON + RANKINGS_KEEP_MS - 1;
    world.publish("there");
    world.alarm();
    world.evict();
    expect(world.streams()).toEqual(["there"]);
  });

  test("is the one silent the longest when there are too many", () => {
    const world = new World(3);
    const publish = (name: string) => {
      world.now += 1;
      world.publish(name);
    };
    for (const name of ["s1", "s2", "s3", "s1", "s4"]) publish(name);
    expect(new Set(world.streams())).toEqual(new Set(["s1", "s3", "s4"]));
    world.alarm();
    world.evict();
    for (const name of ["s5", "s6"]) publish(name);
    expect(new Set(world.streams())).toEqual(new Set(["s4", "s5", "s6"]));
  });
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
