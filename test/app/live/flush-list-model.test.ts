/** Rooms that keep to what the list tells them, a list that loses its memory, and a database that fails. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LIVE_SAMPLES_PER_PUBLISH } from "../../../src/core/limits.ts";
import type { LiveDay, LiveSample } from "../../../src/core/live/lasting.ts";
import type { LiveEntry } from "../../../src/protocol/room-rpc.ts";
import { NOON, RankingsWorld } from "../../support/rankings-world.ts";

type Failure = "refused" | "answer lost";

type Step =
  /** Something changes in a room, which may tell the list at once, later, or while a flush is under way. */
  | {
      readonly do: "change";
      readonly room: number;
      readonly status: LiveEntry["status"];
      readonly viewers: number;
      readonly newSamples: number;
      readonly newDay: boolean;
    }
  | { readonly do: "publish"; readonly room: number }
  | {
      readonly do: "flush";
      /** The save that fails, from the first; more than there are: none. */
      readonly failsAt: number;
      readonly failure: Failure;
      /** The room that publishes while the save is under way. */
      readonly meanwhile: number;
    }
  | { readonly do: "save" | "evict" };

const ROOMS = 4;
const MINUTE_MS = 60_000;

/** What one room knows, and what of it the list has not called saved. */
class Room {
  readonly everySample: LiveSample[] = [];
  readonly everyDay = new Map<number, LiveDay>();
  last: LiveEntry | undefined;
  status: LiveEntry["status"] = "live";
  viewers = 0;
  readonly #name: string;
  readonly #world: RankingsWorld;
  readonly #dayChangedAt = new Map<number, number>();
  #changedAt = 0;
  #saved = { asOf: 0, sampledThrough: 0 };

  constructor(name: string, world: RankingsWorld) {
    this.#name = name;
    this.#world = world;
  }

  change(step: Extract<Step, { do: "change" }>): void {
    const { now } = this.#world;
    this.status = step.status;
    this.viewers = step.viewers;
    for (let i = 0; i < step.newSamples; i += 1) {
      const { length } = this.everySample;
      const viewers = step.viewers + i;
      this.everySample.push({ recordedAt: NOON + length, viewers, peak: viewers });
    }
    const day = Math.max(20_261_101, ...this.everyDay.keys()) + Number(step.newDay);
    const sessions = (this.everyDay.get(day)?.sessions ?? 0) + 1;
    const sums = { watchedSeconds: 60 * sessions, liveSeconds: 90 * sessions };
    this.everyDay.set(day, { day, peak: step.viewers, uniques: sessions, sessions, ...sums });
    this.#dayChangedAt.set(day, now);
    this.#changedAt = now;
  }

  publish(): void {
    const present = Math.max(...this.everyDay.keys());
    const isTold = (day: number) =>
      day === present || (this.#dayChangedAt.get(day) ?? 0) >= this.#saved.asOf;
    this.last = this.#world.make(this.#name, {
      status: this.status,
      viewers: this.viewers,
      samples: this.#unsaved().slice(0, LIVE_SAMPLES_PER_PUBLISH),
      days: [...this.everyDay.values()].filter(({ day }) => isTold(day)),
    });
    const { saved } = this.#world.rankings.publish(this.last);
    this.#saved = {
      asOf: Math.max(saved.asOf, this.#saved.asOf),
      sampledThrough: Math.max(saved.sampledThrough, this.#saved.sampledThrough),
    };
  }

  isSaved(): boolean {
    return this.#unsaved().length === 0 && this.#saved.asOf >= this.#changedAt;
  }

  #unsaved(): readonly LiveSample[] {
    return this.everySample.filter(({ recordedAt }) => recordedAt > this.#saved.sampledThrough);
  }
}

const flushOnce = async (
  world: RankingsWorld,
  rooms: readonly Room[],
  { failsAt, failure, meanwhile }: Extract<Step, { do: "flush" }>,
): Promise<void> => {
  const { tables } = world;
  let saves = 0;
  tables.before = async () => {
    saves += 1;
    if (saves === failsAt) rooms[meanwhile]?.publish();
    if (saves === failsAt && failure === "refused") throw new Error("the database is away");
  };
  tables.after = async () => {
    if (saves === failsAt && failure === "answer lost") throw new Error("the answer was lost");
  };
  await world.rankings.flush().catch(() => undefined);
  tables.before = async () => undefined;
  tables.after = async () => undefined;
};

const play = async (steps: readonly Step[]): Promise<void> => {
  const world = new RankingsWorld();
  const rooms = Array.from({ length: ROOMS }, (_, i) => new Room(`s${i}`, world));
  for (const step of steps) {
    world.now += MINUTE_MS;
    if (step.do === "change") rooms[step.room]?.change(step);
    else if (step.do === "publish") rooms[step.room]?.publish();
    else if (step.do === "flush") await flushOnce(world, rooms, step);
    else if (step.do === "save") world.alarm();
    else world.evict();
  }
  const begun = rooms.filter(({ everyDay }) => everyDay.size > 0);
  for (let round = 0; !begun.every((room) => room.isSaved()); round += 1) {
    expect(round).toBeLessThan(10);
    for (const room of begun) {
      world.now += MINUTE_MS;
      // A room is not syncing for more than a minute.
      if (room.status === "syncing") room.status = "live";
      room.publish();
    }
    await world.rankings.flush();
  }
  await world.rankings.flush();
  for (const room of begun) expectSaved(world, room);
};

const expectSaved = (world: RankingsWorld, { last, everySample, everyDay }: Room): void => {
  if (last === undefined) throw new Error("the room told nobody");
  const { stream, samples: _, days: __, ...numbers } = last;
  const { current, samples, days } = world.tables;
  expect(current.get(stream)).toEqual({ stream, ...numbers });
  const ofStream = (row: { readonly stream: string }) => row.stream === stream;
  expect([...samples.values()].filter(ofStream)).toMatchObject(everySample);
  expect([...days.values()].filter(ofStream)).toMatchObject([...everyDay.values()]);
};

const room = fc.nat(ROOMS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("change" as const),
      room,
      status: fc.constantFrom("live" as const, "syncing" as const, "ended" as const),
      viewers: fc.nat(9),
      newSamples: fc.nat(5),
      newDay: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("publish" as const), room }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("flush" as const),
      failsAt: fc.integer({ min: 1, max: 5 }),
      failure: fc.constantFrom<Failure>("refused", "answer lost"),
      meanwhile: room,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("save" as const, "evict" as const) }) },
);

test("whatever fails and is forgotten, in the end the tables have what the rooms had, all of it", async () => {
  const steps = fc.array(step, { maxLength: 40 });
  await fc.assert(fc.asyncProperty(steps, play), { numRuns: 300 });
});
