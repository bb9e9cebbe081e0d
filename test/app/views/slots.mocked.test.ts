import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { tallyStore } from "../../../src/adapters/objects/tally-store.ts";
import { Slots } from "../../../src/app/views/slots.ts";
import { SLOT_MS, slotOf } from "../../../src/core/views/slots.ts";
import { content } from "../../support/events.ts";
import { type NaiveView, naiveSlots } from "../../support/naive-slots.ts";
import { ObjectDisk } from "../../support/object-disk.ts";

// So few that a handful of contents is too many.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  SLOTS_MAX_CONTENTS: 4,
}));

const NOON = Date.UTC(2026, 10, 21, 12);
const CONTENTS = ["a", "b", "c", "d", "e", "f", "g", "h"];

class World {
  now = NOON;
  readonly disk = new ObjectDisk();
  slots = this.#open();
  /** Of this life, since the checkpoint; the log has them. */
  #unsaved: NaiveView[] = [];
  readonly all: NaiveView[] = [];

  count(id: string, at = this.now): void {
    this.slots.count(content(id), at);
    this.#unsaved.push({ content: id, at });
    this.all.push({ content: id, at });
  }

  save(): void {
    this.slots.save();
    this.#unsaved = [];
    this.disk.flush();
  }

  /** The next life counts again what the log has above the checkpoint. */
  die(): void {
    this.slots = this.#open();
    for (const { content: id, at } of this.#unsaved) this.slots.count(content(id), at);
  }

  shown(): Record<string, readonly number[]> {
    const sums = [...this.slots.sums(slotOf(this.now))];
    return Object.fromEntries(sums.map((it) => [it.content, [it.views, it.before]]));
  }

  /** Contents of all slots that are kept. */
  held(): number {
    const oldest = (slotOf(this.now) - 24) * SLOT_MS;
    return new Set(this.all.filter(({ at }) => at >= oldest).map(({ content: id }) => id)).size;
  }

  rows(): number {
    return this.disk.read("SELECT * FROM slots").length;
  }

  #open(): Slots {
    const store = tallyStore(this.disk.open(), NOON, () => undefined).slots;
    return new Slots({ store, clock: { now: () => this.now } });
  }
}

type Step =
  | { readonly do: "count"; readonly id: string; readonly agoMs: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "look" | "save" | "die" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("count" as const),
      id: fc.constantFrom(...CONTENTS),
      agoMs: fc.oneof(fc.constantFrom(0, -3_000, SLOT_MS), fc.nat({ max: 30 * SLOT_MS })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      ms: fc.oneof(fc.nat({ max: 2 * SLOT_MS }), fc.constantFrom(SLOT_MS, 24 * SLOT_MS)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("look" as const, "save" as const, "die" as const),
    }),
  },
);

describe("a Tally's slots", () => {
  test("dead, saved and looked at in any order are what was counted; too many contents: nothing but less of them", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const world = new World();
        for (const what of steps) {
          if (what.do === "count") world.count(what.id, world.now - what.agoMs);
          else if (what.do === "pass") world.now += what.ms;
          else if (what.do === "save") world.save();
          else if (what.do === "die") world.die();
          const expected = naiveSlots(world.all, world.now);
          const shown = world.shown();
          if (world.held() < 4) expect(shown).toEqual(expected);
          else expect(expected).toMatchObject(shown);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("are saved with what was counted since the checkpoint and no more", () => {
    const world = new World();
    world.count("a");
    expect(world.rows()).toBe(0);
    world.save();
    world.save();
    world.count("a");
    world.save();
    expect(world.disk.read("SELECT counted FROM slots")).toEqual([{ counted: 2 }]);
  });

  test("are deleted when their slot has left both windows, at a checkpoint", () => {
    const world = new World();
    world.count("a");
    world.save();
    world.now += 24 * SLOT_MS;
    world.save();
    expect(world.rows()).toBe(1);
    world.now += SLOT_MS;
    world.save();
    expect(world.rows()).toBe(0);
  });

  test("pass over views that are out of the windows, and what only a broken clock can have sealed", () => {
    const world = new World();
    world.count("a", world.now - 25 * SLOT_MS);
    world.count("b", world.now + 2 * SLOT_MS);
    world.save();
    expect(world.rows()).toBe(0);
    expect(world.slots.isAnyLeft(slotOf(world.now))).toBe(false);
  });

  test("hold those contents in memory that have the most views, and find the others again when they are viewed", () => {
    const world = new World();
    for (const [at, id] of CONTENTS.entries()) {
      for (let views = 0; views < 8 - at; views += 1) world.count(id);
    }
    world.shown();
    world.save();
    expect(Object.keys(world.shown())).toEqual(["a", "b", "c"]);
    world.count("h");
    expect(world.shown()).toMatchObject({ h: [2, 0] });
    world.die();
    expect(world.shown()).toEqual({ a: [8, 0], b: [7, 0], c: [6, 0], d: [5, 0], h: [2, 0] });
  });

  test("that were left out for contents which an early view pushes out are there in the next slot", () => {
    const world = new World();
    world.now += SLOT_MS - 3_000;
    for (const id of ["a", "d"]) world.count(id);
    world.now += 24 * SLOT_MS;
    for (const id of ["c", "h"]) world.count(id);
    world.count("g", world.now + 3_000);
    world.save();
    world.die();
    world.shown();
    world.now += SLOT_MS;
    expect(world.shown()).toEqual({ c: [1, 0], g: [1, 0], h: [1, 0] });
  });

  test("that were left out have their places again when those above them fall", () => {
    const world = new World();
    for (const id of ["a", "b", "c", "d"])
      for (let times = 0; times < 3; times += 1) world.count(id);
    world.now += 20 * SLOT_MS;
    world.count("late");
    world.shown();
    world.save();
    expect(world.shown()).not.toHaveProperty("late");
    world.now += 4 * SLOT_MS;
    expect(world.shown()).not.toHaveProperty("late");
    world.now += SLOT_MS;
    expect(world.shown()).toEqual({ late: [1, 0] });
  });

  test("are read from the disk only when somebody wants to know them", () => {
    const world = new World();
    world.count("a");
    world.save();
    world.die();
    world.disk.failNext("SELECT slot, content, counted");
    world.count("a");
    expect(world.slots.isAnyLeft(slotOf(world.now))).toBe(true);
    expect(() => world.slots.sums(slotOf(world.now))).toThrow("the disk is full");
    expect(world.shown()).toEqual({ a: [2, 0] });
  });
});
