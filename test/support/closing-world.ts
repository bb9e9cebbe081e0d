import { expect } from "vitest";
import { RAW_RETENTION_MS } from "../../src/core/limits.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { content, makeEvent, visitor } from "./events.ts";
import { ExpectedCounts } from "./expected-counts.ts";
import type { Fate } from "./memory-count-tables.ts";
import { TallyHarness } from "./tally-harness.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const BIRTH = Date.UTC(2026, 0, 1);
export const CONTENTS = ["a", "b", "c"] as const;

let serial = 0;
/** A view by somebody new. */
const view = (id: string, at: number): ViewEvent => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: visitor(serial) });
};

export type Meanwhile = "nothing" | "append" | "late view" | "correct" | "close" | "crash";

export type Step =
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

/** A Tally and what it must have come to. */
export class ClosingWorld {
  readonly harness = new TallyHarness(BIRTH);
  readonly expected = new ExpectedCounts();
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

  async correct(number: number, counted: number): Promise<void> {
    const hour = this.#hour(number);
    if (hour === undefined) return;
    const { correction } = this.harness.tally;
    this.#run += 1;
    const run = this.#run;
    const sealed = await correction.seal(hour, run);
    const through = sealed.status === "sealed" ? sealed.through : 0;
    const cells = [[content("b"), counted]] as const;
    const answer = correction.finalise({ hour, run, through, range: { from: "" }, cells });
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
      if (meanwhile === "correct") other = this.correct(0, 7);
      if (meanwhile === "crash") harness.crash();
      if (meanwhile === "close") {
        other = this.#tolerating(harness.tally.close(before + DAY_MS));
      }
    };
    const answer = await this.#tolerating(harness.tally.close(before));
    await other;
    harness.beforeDurable = () => undefined;
    if (answer === undefined) return;
    expect(answer.closedThrough % DAY_MS).toBe(0);
    expect(answer.closedThrough).toBeLessThanOrEqual(harness.tally.status().closedThrough);
    const possible = Math.min(before, harness.now - RAW_RETENTION_MS);
    expect(answer.closedThrough).toBeGreaterThanOrEqual(possible - (possible % DAY_MS));
  }

  check(): void {
    const { harness, expected } = this;
    harness.tally.checkpoint();
    const { closedThrough } = harness.tally.status();
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
    await harness.tally.rollUp();
    harness.database.arriveLate();
    this.check();
    this.#checkDays();
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

  /** Those that are over are there, closed or not, with what was counted in them. */
  #checkDays(): void {
    const { harness, expected } = this;
    const today = harness.now - (harness.now % DAY_MS);
    for (const id of CONTENTS) {
      const hours = expected.hoursOf(id).map(([hour]) => hour);
      for (const start of new Set(hours.map((hour) => hour - (hour % DAY_MS)))) {
        const day = new Date(start).toISOString().slice(0, 10).replaceAll("-", "");
        const found = harness.database.days.get(`${id}/${day}/0`)?.views ?? 0;
        const views = expected.between(id, start, start + DAY_MS);
        expect([day, found]).toEqual([day, start < today ? views : 0]);
      }
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
