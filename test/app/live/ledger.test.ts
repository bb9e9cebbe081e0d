import { describe, expect, test } from "vitest";
import { roomStore } from "../../../src/adapters/objects/room-store.ts";
import { Ledger } from "../../../src/app/live/ledger.ts";
import { calendarOf } from "../../support/calendars.ts";
import { ObjectDisk } from "../../support/object-disk.ts";
import { STREAM } from "../../support/room-harness.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const MIDNIGHT = Date.UTC(2026, 10, 22);
const WINDOW = 300_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The ledger of a stream that is live, from one life to the next. */
class World {
  readonly disk = new ObjectDisk();
  ledger: Ledger;

  constructor(startedAt: number) {
    const store = this.#open(startedAt);
    const stream = { stream: STREAM, broadcaster: "b", category: null, startedAt, endedAt: null };
    store.saveStream(stream);
    this.ledger = this.wake(startedAt);
    this.ledger.begin(startedAt, startedAt);
  }

  wake(aliveAt: number): Ledger {
    this.disk.flush();
    this.ledger = new Ledger(this.#open(aliveAt), calendarOf("UTC", aliveAt), aliveAt);
    return this.ledger;
  }

  /** Somebody is there for so long. */
  watch(visitor: string, from: number, to: number): void {
    this.ledger.reach(1, from);
    this.ledger.came(visitor, from);
    this.turnUntil(to, [visitor]);
    this.ledger.reach(0, to);
  }

  turnUntil(now: number, viewing: readonly string[] = []): void {
    for (let at = this.ledger.bound; at <= now; at = this.ledger.bound) {
      this.ledger.turn(viewing, now);
      // Or it would never end.
      expect(this.ledger.bound).toBeGreaterThan(at);
    }
    this.ledger.advance(now);
  }

  /** Told and saved, and the list says so. */
  flush(now: number): void {
    this.ledger.save();
    const { samples } = this.ledger.tell(now);
    this.ledger.savedThrough({ asOf: now, sampledThrough: samples.at(-1)?.recordedAt ?? 0 });
  }

  #open(now: number) {
    return roomStore(this.disk.open(), now, () => undefined);
  }
}

describe("a day that ends while nobody is there", () => {
  test("is told once more, with its live time to midnight, though all before was saved", () => {
    const world = new World(MIDNIGHT - HOUR);
    world.watch("ann", MIDNIGHT - HOUR, MIDNIGHT - HOUR + 60_000);
    world.turnUntil(MIDNIGHT - HOUR / 2);
    world.flush(MIDNIGHT - HOUR / 2);
    expect(world.ledger.unsaved).toBe(false);
    world.turnUntil(MIDNIGHT + 1);
    expect(world.ledger.unsaved).toBe(true);
    expect(world.ledger.tell(MIDNIGHT + 1).days).toEqual([
      { day: 20_261_121, peak: 1, uniques: 1, sessions: 1, watchedSeconds: 60, liveSeconds: 3_600 },
    ]);
    world.ledger.savedThrough({ asOf: MIDNIGHT + 1, sampledThrough: MIDNIGHT });
    expect(world.ledger.unsaved).toBe(false);
    expect(world.ledger.tell(MIDNIGHT + 2).days).toEqual([]);
  });

  test("leaves nothing when nobody was there on it at all, however many of them, and none of its time", () => {
    const world = new World(MIDNIGHT - HOUR);
    world.turnUntil(MIDNIGHT + 10 * DAY + HOUR);
    world.flush(MIDNIGHT + 10 * DAY + HOUR);
    world.watch("ann", MIDNIGHT + 10 * DAY + HOUR, MIDNIGHT + 10 * DAY + 2 * HOUR);
    world.ledger.save();
    expect(world.ledger.tell(MIDNIGHT + 10 * DAY + 2 * HOUR).days).toMatchObject([
      { day: 20_261_202, watchedSeconds: 3_600, liveSeconds: 7_200 },
    ]);
    expect(world.disk.read("SELECT day FROM days")).toEqual([{ day: 20_261_202 }]);
  });
});

describe("what is not in the database is known to be missing", () => {
  test("though it changed in the millisecond in which an entry was made", () => {
    const world = new World(NOON);
    world.watch("ann", NOON, NOON + 1_000);
    world.ledger.tell(NOON + 1_000);
    world.ledger.reach(1, NOON + 1_000);
    world.ledger.savedThrough({ asOf: NOON + 1_000, sampledThrough: 0 });
    expect(world.ledger.unsaved).toBe(true);
  });

  test("by the next instance too", () => {
    const world = new World(NOON);
    world.watch("ann", NOON, NOON + 1_000);
    world.ledger.save();
    expect(world.wake(NOON + 1_000).unsaved).toBe(true);
    world.flush(NOON + 2_000);
    expect(world.ledger.unsaved).toBe(false);
    expect(world.wake(NOON + 2_000).unsaved).toBe(false);
  });

  test("as long as a sample is not, even of an entry that is: twelve go at a time, the oldest first", () => {
    const world = new World(NOON);
    const end = NOON + 14 * WINDOW + 1;
    world.watch("ann", NOON, end);
    world.ledger.end(end);
    const told: number[] = [];
    for (const at of [end, end + 1]) {
      expect(world.ledger.unsaved).toBe(true);
      const { samples } = world.ledger.tell(at);
      told.push(...samples.map(({ recordedAt }) => (recordedAt - NOON) / WINDOW));
      expect(samples.length).toBeLessThanOrEqual(12);
      world.flush(at);
    }
    expect(told.map(Math.floor)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 14]);
    expect(world.ledger.unsaved).toBe(false);
    expect(world.disk.read("SELECT * FROM samples")).toEqual([]);
  });

  test("and what the list once called saved stays so, whatever a list that was wiped says", () => {
    const world = new World(NOON);
    world.watch("ann", NOON, NOON + 1_000);
    world.flush(NOON + 2_000);
    world.ledger.savedThrough({ asOf: 0, sampledThrough: 0 });
    expect(world.ledger.unsaved).toBe(false);
  });
});

test("parts of a window that end in one millisecond are one sample, with the larger peak", () => {
  const world = new World(NOON);
  world.ledger.reach(5, NOON + 1);
  world.ledger.reach(0, NOON + 2);
  world.ledger.end(NOON + 2);
  world.ledger.begin(NOON + 2, NOON + 2);
  world.ledger.reach(1, NOON + 2);
  world.ledger.reach(0, NOON + 2);
  world.ledger.end(NOON + 2);
  expect(world.ledger.tell(NOON + 3).samples).toEqual([
    { recordedAt: NOON + 2, viewers: 0, peak: 5 },
  ]);
});

test("visitors of yesterday are still known the day after, and those of the day before are not", () => {
  const world = new World(MIDNIGHT - HOUR);
  const daysKept = () => {
    world.ledger.save();
    return world.disk.read("SELECT DISTINCT day FROM visitors ORDER BY day").map(({ day }) => day);
  };
  for (let day = 0; day < 3; day += 1) {
    const at = MIDNIGHT + day * DAY - HOUR;
    world.turnUntil(at);
    world.watch("ann", at, at + 1_000);
  }
  expect(daysKept()).toEqual([20_261_122, 20_261_123]);
});

test("seconds are those that are over, not rounded", () => {
  const world = new World(NOON);
  world.watch("ann", NOON, NOON + 1_999);
  expect(world.ledger.tell(NOON + 1_999).days).toMatchObject([
    { watchedSeconds: 1, liveSeconds: 1 },
  ]);
});
