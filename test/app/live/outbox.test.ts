import { expect, test } from "vitest";
import { roomStore } from "../../../src/adapters/objects/room-store.ts";
import { Outbox } from "../../../src/app/live/outbox.ts";
import { VersionBlocks } from "../../../src/app/live/version-blocks.ts";
import { MemoryStreamTables } from "../../support/memory-stream-tables.ts";
import { ObjectDisk } from "../../support/object-disk.ts";
import { STREAM } from "../../support/room-harness.ts";

const MINUTE = 60_000;
const SECOND = 1_000;
/** Ten minutes before midnight. */
const EVENING = Date.UTC(2026, 10, 21, 23, 50);

/** A room's outbox alone, at a time of the test's choosing. */
class OutboxWorld {
  readonly database = new MemoryStreamTables();
  readonly store = roomStore(new ObjectDisk().open(), EVENING, () => undefined);
  readonly outbox: Outbox;
  now = EVENING;
  /** How often it said that it was done for now. */
  done = 0;
  #work: Promise<void> = Promise.resolve();

  constructor() {
    const deps = {
      store: this.store,
      sessions: this.database,
      users: this.database,
      jobs: this.database,
      clock: { now: () => this.now },
      random: { bytes: (count: number) => new Uint8Array(count), fraction: () => 0.5 },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      background: (work: Promise<void>) => {
        this.#work = work;
      },
    };
    this.outbox = new Outbox(deps, new VersionBlocks(this.store));
  }

  stay(session: string, startedAt: number, endedAt: number | null): void {
    this.store.saveSession({ session, visitor: `visitor of ${session}`, startedAt, endedAt });
    this.outbox.saved();
  }

  async send(): Promise<void> {
    this.outbox.send(STREAM, () => {
      this.done += 1;
    });
    await this.#work;
  }
}

test("a stay over midnight is kept under the day it began on", async () => {
  const world = new OutboxWorld();
  world.stay("late", EVENING, EVENING + 30 * MINUTE);
  world.now = EVENING + 40 * MINUTE;
  await world.send();
  expect([...world.database.sessions.values()]).toEqual([
    expect.objectContaining({ session: "late", startedDay: 20261121, stream: "launch" }),
  ]);
});

test("stays wait five minutes for others to end, and up to a minute more, so that rooms do not call at once", () => {
  const world = new OutboxWorld();
  expect(world.outbox.dueAt()).toBeNull();
  world.stay("open", EVENING, null);
  expect(world.outbox.dueAt()).toBeNull();
  world.stay("first", EVENING, EVENING + MINUTE);
  world.stay("second", EVENING, EVENING + 2 * MINUTE);
  expect(world.outbox.dueAt()).toBe(EVENING + MINUTE + 5 * MINUTE + 30 * SECOND);
});

test("who came in the last two minutes stays in the room, and so does who is there", async () => {
  const world = new OutboxWorld();
  world.stay("open", EVENING, null);
  world.stay("past", EVENING, EVENING + MINUTE);
  world.stay("recent", EVENING + 8 * MINUTE + 1, EVENING + 9 * MINUTE);
  world.now = EVENING + 10 * MINUTE;
  await world.send();
  expect([...world.database.sessions.values()].map(({ session }) => session)).toEqual(["past"]);
  expect(world.outbox.dueAt()).toBe(EVENING + 9 * MINUTE + 5 * MINUTE + 30 * SECOND);
});

test("while the database is away it is tried ever more rarely, at last each ten minutes, and nothing goes", async () => {
  const world = new OutboxWorld();
  world.stay("kept", EVENING, EVENING);
  world.now = EVENING + 10 * MINUTE;
  world.database.fate = () => "refused";
  const pauses: number[] = [];
  for (let tries = 1; tries <= 7; tries += 1) {
    await world.send();
    expect(world.done).toBe(tries);
    const due = world.outbox.dueAt() ?? Number.NaN;
    pauses.push((due - world.now) / SECOND);
    world.now = due;
  }
  expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600]);
  world.database.fate = () => "done";
  await world.send();
  expect([...world.database.sessions.keys()]).toEqual(["20261121/kept"]);
  expect(world.outbox.dueAt()).toBeNull();
  world.stay("next", world.now, world.now);
  expect(world.outbox.dueAt()).toBe(world.now + 5 * MINUTE + 30 * SECOND);
});

test("while something is under way nothing is due, and afterwards the room hears of it", async () => {
  const world = new OutboxWorld();
  world.stay("one", EVENING, EVENING);
  world.now = EVENING + 10 * MINUTE;
  const sending = world.send();
  expect(world.outbox.dueAt()).toBeNull();
  expect(world.done).toBe(0);
  await sending;
  expect(world.done).toBe(1);
});
