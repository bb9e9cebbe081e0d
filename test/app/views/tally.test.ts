import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHECKPOINT_MAX_MS, CHECKPOINT_MIN_MS, HORIZON_MS } from "../../../src/core/limits.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { frameOf, makeEvent, visitor } from "../../support/events.ts";
import { arrivals, MIDNIGHT, naively } from "../../support/histories.ts";
import { NaiveOracle } from "../../support/naive-oracle.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

const CONTENTS = ["a", "b"] as const;
const NOON = Date.UTC(2026, 10, 21, 12);

const between = fc.constantFrom("go on", "go on", "go on", "checkpoint", "evict", "alarm");
const interruptions = fc.array(between, { minLength: 20, maxLength: 20 });

const viewAt = (serial: number, at: number, person = serial): ViewEvent =>
  makeEvent({ serial, at, content: "a", visitor: visitor(person) });

const chunked = (events: readonly ViewEvent[]) =>
  Array.from({ length: Math.ceil(events.length / 3) }, (_, i) => events.slice(i * 3, i * 3 + 3));

const interrupt = async (harness: TallyHarness, what: string | undefined): Promise<void> => {
  if (what === "checkpoint") harness.tally.checkpoint();
  if (what === "evict") harness.evict();
  if (what === "alarm" && harness.disk.alarm !== undefined) await harness.tally.alarm();
};

describe("whatever arrives, evicted, saved and woken at any step", () => {
  test("the verdicts and the published numbers are those of the naive oracle", async () => {
    await fc.assert(
      fc.asyncProperty(arrivals(), interruptions, async (events, steps) => {
        const harness = new TallyHarness(MIDNIGHT);
        const oracle = new NaiveOracle();
        const expected: boolean[] = [];
        for (const [index, group] of chunked(events).entries()) {
          harness.append(group);
          expected.push(...group.map((event) => oracle.counts(naively(event))));
          for (const id of CONTENTS) expect(harness.views(id)).toBe(oracle.countOf(id));
          await interrupt(harness, steps[index]);
          for (const id of CONTENTS) expect(harness.views(id)).toBe(oracle.countOf(id));
        }
        expect(harness.verdicts().map((verdict) => verdict === "counted")).toEqual(expected);
      }),
    );
  });

  test("an instance woken at any step answers as the one that lived, stamps included", async () => {
    await fc.assert(
      fc.asyncProperty(arrivals(), interruptions, async (events, steps) => {
        const lived = new TallyHarness(MIDNIGHT);
        const woken = new TallyHarness(MIDNIGHT);
        for (const [index, group] of chunked(events).entries()) {
          expect(woken.append(group).mark).toBe(lived.append(group).mark);
          await interrupt(woken, steps[index]);
          for (const id of CONTENTS) expect(woken.stamp(id)).toBe(lived.stamp(id));
        }
        expect(woken.verdicts()).toEqual(lived.verdicts());
        woken.tally.checkpoint();
        expect(woken.tally.status().position).toBe(lived.tally.status().position);
      }),
    );
  });

  test("stamps and published numbers only rise, and an alarm stands while something is unsaved", async () => {
    await fc.assert(
      fc.asyncProperty(arrivals(), interruptions, async (events, steps) => {
        const harness = new TallyHarness(MIDNIGHT);
        let before = { stamp: "", views: 0 };
        for (const [index, group] of chunked(events).entries()) {
          harness.append(group);
          await interrupt(harness, steps[index]);
          const { position, checkpoint } = harness.tally.status();
          expect(harness.disk.alarm !== undefined).toBe(position > checkpoint);
          const now = { stamp: harness.stamp("a") ?? "", views: harness.views("a") ?? 0 };
          expect(now.stamp >= before.stamp && now.views >= before.views).toBe(true);
          before = now;
        }
      }),
    );
  });
});

describe("a chunk", () => {
  test("that comes again after a lost answer changes nothing", () => {
    const harness = new TallyHarness(NOON);
    const chunk = { source: "s", follows: 0, floor: 1, through: 1, rows: rowOf(viewAt(1, NOON)) };
    const first = harness.tally.append(chunk);
    expect(harness.tally.append(chunk)).toEqual(first);
    expect(harness.verdicts()).toEqual(["counted"]);
  });

  test("with nothing for this shard moves the mark and leaves no work behind", () => {
    const harness = new TallyHarness(NOON);
    const chunk = { source: "s", follows: 0, floor: 1, through: 9, rows: new Uint8Array(0) };
    expect(harness.tally.append(chunk).mark).toBe(9);
    expect(harness.disk.alarm).toBeUndefined();
    harness.evict();
    expect(harness.tally.append({ ...chunk, follows: 9, through: 12 }).mark).toBe(12);
  });

  test("that fails to commit takes the instance down with it, and the next one knows nothing of it", () => {
    const harness = new TallyHarness(NOON);
    harness.append([viewAt(1, NOON)]);
    harness.evict();
    harness.disk.failNext("INSERT INTO log");
    expect(() => harness.append([viewAt(2, NOON)])).toThrow("could not commit");
    expect(harness.views("a")).toBe(1);
    expect(harness.verdicts()).toEqual(["counted"]);
    expect(harness.disk.read("SELECT mark FROM marks")).toEqual([{ mark: 1 }]);
  });
});

describe("late events", () => {
  test("are logged and not counted, and mark their hour for correction", () => {
    const harness = new TallyHarness(NOON);
    const late = viewAt(1, NOON - HORIZON_MS + 59_999);
    const inTime = viewAt(2, NOON - HORIZON_MS + 60_000);
    harness.append([late, inTime]);
    expect(harness.verdicts()).toEqual(["late", "counted"]);
    expect(harness.views("a")).toBe(1);
    const hours = harness.disk.read("SELECT hour, dirtied_at FROM hours");
    expect(hours).toEqual([{ hour: NOON - 3_600_000, dirtied_at: 1 }]);
  });

  test("stay late when the clock steps back, also in the next life", () => {
    const harness = new TallyHarness(NOON);
    harness.append([viewAt(1, NOON)]);
    harness.now -= 10 * 60_000;
    harness.evict();
    harness.append([viewAt(2, NOON - HORIZON_MS + 59_999)]);
    expect(harness.verdicts()).toEqual(["counted", "late"]);
  });
});

describe("bytes that are no event", () => {
  test("are kept as unreadable, reported, and stop nothing", () => {
    const harness = new TallyHarness(NOON);
    const unknownFormat = frameOf(viewAt(9, NOON));
    unknownFormat[4] = 99;
    harness.appendBytes([unknownFormat, frameOf(viewAt(1, NOON))]);
    expect(harness.verdicts()).toEqual(["unreadable", "counted"]);
    expect(harness.problems).toEqual(["tally.unreadable"]);
    harness.evict();
    expect(harness.views("a")).toBe(1);
  });

  test("swallow nothing of the rows behind them", () => {
    const harness = new TallyHarness(NOON);
    const cutOff = frameOf(viewAt(9, NOON)).subarray(0, 20);
    harness.appendBytes([cutOff, frameOf(viewAt(1, NOON)), frameOf(viewAt(2, NOON))]);
    expect(harness.verdicts()).toEqual(["unreadable", "counted", "counted"]);
    harness.evict();
    harness.append([viewAt(3, NOON), viewAt(1, NOON)]);
    expect(harness.views("a")).toBe(3);
  });
});

test("what is unsaved is saved by the alarm, once, and then nothing stands any more", async () => {
  const harness = new TallyHarness(NOON);
  harness.append([viewAt(1, NOON)]);
  expect(harness.disk.alarm).toBe(NOON + (CHECKPOINT_MIN_MS + CHECKPOINT_MAX_MS) / 2);
  await harness.tally.alarm();
  expect(harness.disk.alarm).toBeUndefined();
  expect(harness.tally.status()).toMatchObject({ position: 1, checkpoint: 1 });
});

test("a read of contents nobody viewed answers 0 and stores nothing", () => {
  const harness = new TallyHarness(NOON);
  expect(harness.views("never-seen")).toBe(0);
  harness.tally.checkpoint();
  expect(harness.disk.read("SELECT * FROM totals")).toEqual([]);
});

const rowOf = (event: ViewEvent): Uint8Array => {
  const frames = frameOf(event);
  const bytes = new Uint8Array(10 + frames.length);
  new DataView(bytes.buffer).setUint32(2, 1);
  new DataView(bytes.buffer).setUint32(6, frames.length);
  bytes.set(frames, 10);
  return bytes;
};
