import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { RAW_RETENTION_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import { calendarOf } from "../../support/calendars.ts";
import { makeEvent, visitor } from "../../support/events.ts";
import { ExpectedCounts } from "../../support/expected-counts.ts";
import type { Fate } from "../../support/memory-count-tables.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

// So few at a time that a handful of contents is many pages.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  CLOSE_BATCH_CELLS: 2,
  FLUSH_BATCH_ROWS: 3,
  ROLL_UP_CONTENTS: 2,
}));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CONTENTS = ["a", "b", "c", "d", "e"] as const;

let serial = 0;
/** A view by somebody new. */
const view = (id: string, at: number) => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: visitor(serial) });
};

/** Of the days in the database: views by content and day. */
const daysOf = ({ database }: TallyHarness): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...database.days.values()].map(({ content: id, day, views }) => [`${id} ${day}`, views]),
  );

type Step =
  | { readonly do: "wait"; readonly hours: number }
  | { readonly do: "view"; readonly contents: readonly string[] }
  | { readonly do: "correct"; readonly hoursAgo: number; readonly counted: number }
  | { readonly do: "roll up" | "two at once" | "crash" | "evict" | "send anew" }
  | { readonly do: "roll up meanwhile"; readonly contents: readonly string[] };

const some = fc.array(fc.constantFrom(...CONTENTS), { minLength: 1, maxLength: 8 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("wait" as const), hours: fc.constantFrom(1, 1, 3, 11, 24, 60) }),
  fc.record({ do: fc.constant("view" as const), contents: some }),
  fc.record({
    do: fc.constant("correct" as const),
    hoursAgo: fc.nat({ max: 60 }),
    counted: fc.nat({ max: 4 }),
  }),
  fc.record({
    do: fc.constantFrom("roll up", "roll up", "two at once", "crash", "evict", "send anew"),
  }),
  fc.record({ do: fc.constant("roll up meanwhile" as const), contents: some }),
);

const fates = fc.array(
  fc.constantFrom<Fate>("done", "refused", "done, answer lost", "done much later", "done twice"),
  { maxLength: 30 },
);

const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland");
/** Four weeks in which each of the zones puts its clocks forward or back, or none does. */
const births = fc.constantFrom(Date.UTC(2026, 9, 20), Date.UTC(2026, 2, 5), Date.UTC(2026, 8, 20));

class DaysWorld {
  readonly harness: TallyHarness;
  readonly #expected = new ExpectedCounts();
  readonly #timeZone: string;

  constructor(now: number, timeZone: string, wire: readonly Fate[]) {
    this.harness = new TallyHarness(now, { timeZone });
    this.harness.database.fates = [...wire];
    this.#timeZone = timeZone;
  }

  async take(what: Step): Promise<void> {
    const { harness } = this;
    let corrected: Promise<void> | undefined;
    switch (what.do) {
      case "wait":
        harness.now += what.hours * HOUR_MS;
        return;
      case "view":
        return this.#view(what.contents);
      case "correct":
        return this.#correct(harness.now - what.hoursAgo * HOUR_MS, what.counted);
      case "roll up":
        return this.#rollUp();
      case "two at once":
        await Promise.all([this.#rollUp(), this.#rollUp()]);
        return;
      case "crash":
        harness.disk.flush();
        return harness.crash();
      case "evict":
        return harness.evict();
      case "send anew":
        return harness.tally.reflush();
      case "roll up meanwhile":
        harness.database.meanwhile = () => {
          harness.database.meanwhile = () => undefined;
          this.#view(what.contents);
          corrected = this.#correct(harness.now - DAY_MS, 3);
        };
        await this.#rollUp();
        await corrected;
        harness.database.meanwhile = () => undefined;
    }
  }

  async #rollUp(): Promise<void> {
    await this.harness.tally.rollUp().catch(() => undefined);
  }

  #view(contents: readonly string[]): void {
    const { harness } = this;
    harness.append(contents.map((id) => view(id, harness.now)));
    for (const id of contents) this.#expected.count(id, harness.now);
  }

  async #correct(at: number, counted: number): Promise<void> {
    const hour = hourOf(at);
    await this.harness.settle(hour, { a: counted });
    for (const id of CONTENTS) this.#expected.set(id, hour, id === "a" ? counted : 0);
  }

  /** Hour by hour, as nobody would who has many. */
  sums(): Readonly<Record<string, number>> {
    const calendar = calendarOf(this.#timeZone, this.harness.now);
    const today = calendar.dayOf(this.harness.now).startMs;
    const sums: Record<string, number> = {};
    for (const id of CONTENTS) {
      for (const [hour, counted] of this.#expected.hoursOf(id)) {
        if (hour >= today) continue;
        const day = `${id} ${calendar.dayOf(hour).name.replaceAll("-", "")}`;
        sums[day] = (sums[day] ?? 0) + counted;
      }
    }
    return Object.fromEntries(Object.entries(sums).filter(([, views]) => views > 0));
  }
}

test("whatever was counted, corrected, sent twice, late or never, in any time zone: in the end each day that is over has the sum of its hours, and no other day is there", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40, size: "max" }),
      fates,
      zones,
      births,
      async (steps, wire, timeZone, now) => {
        const world = new DaysWorld(now, timeZone, wire);
        for (const what of steps) await world.take(what);
        world.harness.database.fates = [];
        await world.harness.tally.rollUp();
        world.harness.database.arriveLate();
        const found = Object.entries(daysOf(world.harness)).filter(([, views]) => views > 0);
        expect(Object.fromEntries(found)).toEqual(world.sums());
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

const NOON = Date.UTC(2026, 10, 21, 12);

/** The day after five contents had a view each, in three hours. */
const grown = (): TallyHarness => {
  const harness = new TallyHarness(NOON);
  for (const hour of [0, 1, 2]) {
    harness.now = NOON + hour * HOUR_MS;
    harness.append(CONTENTS.map((id) => view(id, harness.now)));
  }
  harness.now = NOON + DAY_MS;
  return harness;
};

test("a day that is not over is not written", async () => {
  const harness = grown();
  harness.now = NOON + 11 * HOUR_MS;
  expect(await harness.tally.rollUp()).toEqual({ rows: 0, statements: 0 });
  harness.now = NOON + 12 * HOUR_MS;
  expect(await harness.tally.rollUp()).toMatchObject({ rows: 5 });
  expect(daysOf(harness)["c 20261121"]).toBe(3);
});

test("a content's day is written once for all that changed in it, and not at all when nothing did", async () => {
  const harness = grown();
  expect(await harness.tally.rollUp()).toEqual({ rows: 5, statements: 3 });
  expect(await harness.tally.rollUp()).toEqual({ rows: 0, statements: 0 });
  for (const hour of [0, 1, 2])
    await harness.settle(hourOf(NOON) + hour * HOUR_MS, { a: 5, b: 1, c: 1, d: 1, e: 1 });
  // They are final now, and one of them is another.
  expect(await harness.tally.rollUp()).toMatchObject({ rows: 5 });
  expect(harness.database.days.get("b/20261121/0")).toMatchObject({ views: 3, final: true });
  expect(await harness.tally.rollUp()).toEqual({ rows: 0, statements: 0 });
  expect(daysOf(harness)).toMatchObject({ "a 20261121": 15, "b 20261121": 3 });
});

test("what failed half way is written again", async () => {
  const harness = grown();
  harness.database.fates = ["done", "refused"];
  await expect(harness.tally.rollUp()).rejects.toThrow("the database is away");
  expect(await harness.tally.rollUp()).toMatchObject({ rows: 5 });
});

test("a day that was written too early, by a clock that ran ahead, is written anew as views come", async () => {
  const harness = grown();
  harness.now = NOON + DAY_MS;
  await harness.tally.rollUp();
  harness.now = NOON + 5 * HOUR_MS;
  harness.append([view("a", harness.now)]);
  await harness.tally.rollUp();
  expect(daysOf(harness)["a 20261121"]).toBe(4);
});

test("everything asked for anew while a day is being sent is sent from the first day on", async () => {
  const harness = grown();
  harness.database.meanwhile = () => {
    harness.database.meanwhile = () => undefined;
    harness.tally.reflush();
  };
  await harness.tally.rollUp();
  harness.database.days.clear();
  expect(await harness.tally.rollUp()).toMatchObject({ rows: 5 });
});

test("a day that a closing has begun to empty is never written from what is left of it, also when the database has lost it", async () => {
  const harness = grown();
  await harness.tally.rollUp();
  harness.now += RAW_RETENTION_MS + 2 * DAY_MS;
  let parts = 0;
  harness.beforeDurable = () => {
    parts += 1;
    if (parts === 2) harness.crash();
  };
  await expect(harness.tally.close(harness.now)).rejects.toThrow("a dead object");
  harness.database.days.clear();
  harness.tally.reflush();
  await harness.tally.rollUp();
  expect(daysOf(harness)).toEqual({});
});
