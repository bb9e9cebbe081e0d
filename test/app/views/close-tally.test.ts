import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { RAW_RETENTION_MS } from "../../../src/core/limits.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { content, makeEvent, visitor } from "../../support/events.ts";
import type { Fate } from "../../support/memory-count-tables.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

// So few at a time that a closing of a handful of cells is one in many transactions.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  CLOSE_BATCH_CELLS: 2,
}));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BIRTH = Date.UTC(2026, 0, 1);
const CONTENTS = ["a", "b", "c"] as const;

let serial = 0;
/** A view by somebody new. */
const view = (id: string, at: number): ViewEvent => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: visitor(serial) });
};

/** What a Tally has to say whenever it is asked, kept the plain way: every hour for ever. */
class Expected {
  readonly #counts = new Map<string, Map<number, number>>();
  readonly #starts = new Map<string, number>();

  count(id: string, at: number): void {
    this.set(id, hourOf(at), (this.#counts.get(id)?.get(hourOf(at)) ?? 0) + 1);
  }

  set(id: string, hour: number, counted: number): void {
    const hours = this.#counts.get(id) ?? new Map<number, number>();
    this.#counts.set(id, hours.set(hour, counted));
  }

  setStart(id: string, views: number): void {
    this.#starts.set(id, views);
  }

  startOf(id: string): number {
    return this.#starts.get(id) ?? 0;
  }

  /** Hours of the content with what was counted in them. */
  hoursOf(id: string): readonly (readonly [hour: number, counted: number])[] {
    return [...(this.#counts.get(id) ?? [])];
  }

  between(id: string, from: number, to: number): number {
    const within = this.hoursOf(id).filter(([hour]) => from <= hour && hour < to);
    return within.reduce((sum, [, counted]) => sum + counted, 0);
  }
}

type Meanwhile = "nothing" | "append" | "late view" | "correct" | "close" | "crash";

type Step =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "append"; readonly contents: readonly string[] }
  | { readonly do: "late view"; readonly hour: number }
  | { readonly do: "flush" }
  | { readonly do: "evict" }
  | { readonly do: "start"; readonly views: number }
  | { readonly do: "correct"; readonly hour: number; readonly counted: number }
  | {
      readonly do: "close";
      /** Whole hours older than raw retention; negative ones ask for more than there may be closed. */
      readonly olderHours: number;
      readonly meanwhile: Meanwhile;
      readonly atPause: number;
    };

const ofHours = fc.integer({ min: 0, max: 9 });

const append: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("append" as const),
  contents: fc.array(fc.constantFrom(...CONTENTS), { minLength: 1, maxLength: 4 }),
});

const wait = (...ms: readonly number[]): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(...ms) });

const close: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("close" as const),
  olderHours: fc.constantFrom(-48, 0, 0, 0, 1, 24, 700),
  meanwhile: fc.constantFrom<Meanwhile>(
    "nothing",
    "append",
    "late view",
    "correct",
    "close",
    "crash",
  ),
  atPause: fc.nat({ max: 3 }),
});

const other: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("late view" as const), hour: ofHours }),
  fc.constantFrom<Step>({ do: "flush" }, { do: "evict" }),
  fc.record({ do: fc.constant("start" as const), views: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ do: fc.constant("correct" as const), hour: ofHours, counted: fc.nat({ max: 5 }) }),
);

const many = { maxLength: 12, size: "max" } as const;

/** Some days of views, then months in which anything happens. */
const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(fc.oneof(append, wait(61_000, HOUR_MS, DAY_MS), other), many),
    fc.array(
      fc.tuple(
        wait(HOUR_MS, 30 * DAY_MS, 60 * DAY_MS, 91 * DAY_MS),
        fc.oneof(append, other),
        close,
      ),
      many,
    ),
  )
  .map(([first, then]) => [...first, ...then.flat()]);

/** A Tally and what it must have come to. */
class World {
  readonly harness = new TallyHarness(BIRTH);
  readonly expected = new Expected();
  readonly #published = new Map<string, number>();
  #run = 0;
  #dropped = 0;

  constructor(fates: readonly Fate[]) {
    this.harness.database.fates = [...fates];
    // Nothing leaves an object before what it wrote is safe.
    this.harness.database.meanwhile = () => this.harness.disk.flush();
  }

  async take(what: Step): Promise<void> {
    const { harness } = this;
    switch (what.do) {
      case "wait":
        harness.now += what.ms;
        return;
      case "append":
        return this.append(what.contents);
      case "late view":
        return this.lateView(what.hour);
      case "flush":
        await this.#tolerating(harness.tally.flush());
        return;
      case "evict":
        return harness.evict();
      case "start":
        this.expected.setStart("a", what.views);
        return harness.tally.setStart(content("a"), what.views);
      case "correct":
        return this.correct(what.hour, what.counted);
      case "close":
        return this.close(what);
    }
  }

  append(contents: readonly string[]): void {
    const { now } = this.harness;
    this.harness.append(contents.map((id) => view(id, now)));
    for (const id of contents) this.expected.count(id, now);
  }

  /** Of an hour that has cells, or had them. */
  lateView(number: number): void {
    const hour = this.#hour(number);
    if (hour !== undefined && hour < this.harness.now - HOUR_MS) {
      this.harness.append([view("a", hour)]);
    }
  }

  correct(number: number, counted: number): void {
    const hour = this.#hour(number);
    if (hour === undefined) return;
    const { tally } = this.harness;
    this.#run += 1;
    const { through } = tally.seal(hour);
    const cells = [[content("b"), counted]] as const;
    const answer = tally.finalise({ hour, run: this.#run, through, range: { from: "" }, cells });
    if (answer.status === "closed") {
      expect(hour).toBeLessThan(answer.through);
      return;
    }
    expect(answer.status).toBe("done");
    for (const id of CONTENTS) this.expected.set(id, hour, id === "b" ? counted : 0);
  }

  async close({ olderHours, meanwhile, atPause }: Step & { do: "close" }): Promise<void> {
    const { harness } = this;
    const before = harness.now - RAW_RETENTION_MS - olderHours * HOUR_MS;
    harness.disk.flush();
    let pause = 0;
    let other: Promise<unknown> = Promise.resolve();
    harness.beforeDurable = () => {
      pause += 1;
      if (pause !== atPause + 1) return;
      this.check();
      if (meanwhile === "append") this.append(["a", "c"]);
      if (meanwhile === "late view") this.lateView(0);
      if (meanwhile === "correct") this.correct(0, 7);
      if (meanwhile === "crash") harness.crash();
      if (meanwhile === "close") {
        other = this.#tolerating(harness.tally.close(before + DAY_MS));
      }
    };
    const answer = await this.#tolerating(harness.tally.close(before));
    await other;
    harness.beforeDurable = () => undefined;
    if (answer === undefined) return;
    expect(answer.closedThrough % HOUR_MS).toBe(0);
    expect(answer.closedThrough).toBeLessThanOrEqual(harness.tally.status().closedThrough);
    const possible = Math.min(hourOf(before), hourOf(harness.now - RAW_RETENTION_MS));
    expect(answer.closedThrough).toBeGreaterThanOrEqual(possible);
  }

  check(): void {
    const { harness, expected } = this;
    const { closedThrough } = harness.tally.checkpoint();
    expect(closedThrough).toBeLessThanOrEqual(harness.now - RAW_RETENTION_MS);
    const total =
      "SELECT start, views, published, closed, closed_through FROM totals WHERE content = ?";
    const cells = "SELECT hour, counted FROM cells WHERE content = ?";
    for (const id of CONTENTS) {
      const [row] = harness.disk.read(total, id);
      const from = Number(row?.closed_through ?? 0);
      const hours = harness.disk.read(cells, id).map(({ hour }) => Number(hour));
      expect(Math.min(...hours)).toBeGreaterThanOrEqual(Math.max(from, closedThrough));
      const open = harness.disk
        .read(cells, id)
        .reduce((sum, cell) => sum + Number(cell.counted), 0);
      expect(Number(row?.closed ?? 0)).toBe(expected.between(id, 0, from));
      expect(open).toBe(expected.between(id, from, Number.POSITIVE_INFINITY));
      const views = expected.startOf(id) + expected.between(id, 0, Number.POSITIVE_INFINITY);
      expect(Number(row?.views ?? 0)).toBe(views);
      const published = Math.max(this.#published.get(id) ?? 0, views);
      expect(harness.views(id)).toBe(published);
      this.#published.set(id, published);
    }
    this.#checkDatabase(closedThrough);
  }

  /** Hours that the Tally calls closed stand there as they were; their rows may go, and the rest adds up. */
  #checkDatabase(closedThrough: number): void {
    const { cells, parts } = this.harness.database;
    for (const id of CONTENTS) {
      for (const [hour, counted] of this.expected.hoursOf(id)) {
        if (hour < this.#dropped || hour >= closedThrough) continue;
        expect(cells.get(`${id}/${hour}/0`)?.views ?? 0).toBe(counted);
      }
    }
    for (const [key, { hour }] of cells) if (hour < closedThrough) cells.delete(key);
    this.#dropped = Math.max(this.#dropped, closedThrough);
    for (const id of CONTENTS) {
      const part = parts.get(`${id}/0`);
      const from = part?.closedThrough ?? 0;
      expect(part?.closed ?? 0).toBe(this.expected.between(id, 0, from));
      expect(this.expected.between(id, from, closedThrough)).toBe(0);
    }
  }

  /** With a database that answers, and with what was under way arriving at last. */
  async end(): Promise<void> {
    const { harness, expected } = this;
    harness.database.fates = [];
    await harness.tally.flush();
    harness.database.arriveLate();
    this.check();
    for (const id of CONTENTS) {
      const part = harness.database.parts.get(`${id}/0`);
      const cells = [...harness.database.cells.values()].filter(
        (cell) => cell.content === id && cell.hour >= (part?.closedThrough ?? 0),
      );
      const views = cells.reduce((sum, cell) => sum + cell.views, part?.closed ?? 0);
      expect(views).toBe(expected.between(id, 0, Number.POSITIVE_INFINITY));
      expect(part?.published ?? 0).toBe(harness.views(id));
    }
  }

  /** Anything else that goes wrong is a fault. */
  async #tolerating<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (cause) {
      expect(`${cause}`).toMatch(/the database|the answer was lost|a dead object/);
      return undefined;
    }
  }

  #hour(number: number): number | undefined {
    const hours = CONTENTS.flatMap((id) => this.expected.hoursOf(id).map(([hour]) => hour));
    return hours.toSorted((a, b) => a - b)[number];
  }
}

const fates = fc.array(
  fc.constantFrom<Fate>("done", "done", "refused", "done, answer lost", "done much later"),
  { maxLength: 30 },
);

test("closing among views, corrections, flushes, crashes and other closings moves no number, and what the database keeps adds up at every moment", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fates, async (all, wire) => {
      const world = new World(wire);
      for (const what of all) {
        await world.take(what);
        world.check();
      }
      await world.end();
    }),
    { numRuns: 300 },
  );
}, 120_000);
