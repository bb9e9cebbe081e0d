import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import type { FinaliseRequest } from "../../../src/protocol/correction-rpc.ts";
import { content, makeEvent, visitor } from "../../support/events.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

const HOUR = Date.UTC(2026, 10, 21, 12);
const NEXT_HOUR = HOUR + 3_600_000;
const EVERYTHING = { from: "" };

let serial = 0;
/** A view by somebody new. */
const view = (id: string, at = HOUR + 1_000): ViewEvent => {
  serial += 1;
  return makeEvent({ serial, at, content: id, visitor: visitor(serial) });
};

const started = (...views: readonly ViewEvent[]): TallyHarness => {
  const harness = new TallyHarness(HOUR + 60_000);
  if (views.length > 0) harness.append(views);
  return harness;
};

/** Seals and settles the hour as one run, or settles what it sealed before. */
const finalise = async (
  harness: TallyHarness,
  cells: Readonly<Record<string, number>>,
  { run = 1, hour = HOUR, through, range = EVERYTHING }: Partial<FinaliseRequest> = {},
) =>
  harness.tally.correction.finalise({
    hour,
    run,
    through: through ?? (await harness.seal(hour, run)),
    range,
    cells: Object.entries(cells).map(([id, count]) => [content(id), count] as const),
  });

const cells = (harness: TallyHarness, hour = HOUR): Readonly<Record<string, number>> => {
  harness.tally.checkpoint();
  const rows = harness.disk.read("SELECT content, counted FROM cells WHERE hour = ?", hour);
  return Object.fromEntries(rows.map((row) => [row.content, Number(row.counted)]));
};

const truth = (harness: TallyHarness, id: string): number => {
  harness.tally.checkpoint();
  return Number(harness.disk.read("SELECT views FROM totals WHERE content = ?", id)[0]?.views);
};

describe("a correction of an hour", () => {
  test("sets the cells it names, and those it does not name to 0", async () => {
    const harness = started(view("a"), view("b"), view("b"));
    expect(await finalise(harness, { b: 5 })).toEqual({ status: "done", changed: 2, dirty: false });
    expect(cells(harness)).toEqual({ a: 0, b: 5 });
    expect(truth(harness, "b")).toBe(5);
  });

  test("counts what nobody had counted yet", async () => {
    const harness = started(view("a"));
    await finalise(harness, { a: 1, late: 2 });
    expect(harness.views("late")).toBe(2);
  });

  test("leaves other hours and contents outside its range alone", async () => {
    const harness = started(view("a"), view("m"), view("z"), view("m", NEXT_HOUR));
    await finalise(harness, {}, { range: { from: "b", to: "z" } });
    expect(cells(harness)).toEqual({ a: 1, m: 0, z: 1 });
    expect(cells(harness, NEXT_HOUR)).toEqual({ m: 1 });
  });

  test("downwards holds the published number until the truth has caught up", async () => {
    const harness = started(view("a"), view("a"), view("a"));
    await finalise(harness, { a: 1 });
    expect([harness.views("a"), truth(harness, "a")]).toEqual([3, 1]);
    harness.append([view("a"), view("a")]);
    expect(harness.views("a")).toBe(3);
    harness.append([view("a")]);
    expect(harness.views("a")).toBe(4);
  });

  test("takes a log position of its own, so that its stamps are above all before and below all after", async () => {
    const harness = started(view("a"));
    const before = harness.stamp("a") ?? "";
    await finalise(harness, { a: 7 });
    const corrected = harness.stamp("a") ?? "";
    harness.append([view("a")]);
    expect(before < corrected && corrected < (harness.stamp("a") ?? "")).toBe(true);
    expect(harness.tally.status().position).toBe(3);
  });

  test("that changes nothing takes no position", async () => {
    const harness = started(view("a"));
    expect(await finalise(harness, { a: 1 })).toMatchObject({ changed: 0 });
    const settled = harness.tally.status().position;
    expect(await finalise(harness, { a: 1 }, { run: 2 })).toMatchObject({ changed: 0 });
    expect(harness.tally.status().position).toBe(settled);
  });

  test("is not undone by an eviction", async () => {
    const harness = started(view("a"));
    await finalise(harness, { a: 7 });
    harness.evict();
    harness.append([view("a")]);
    expect(harness.views("a")).toBe(8);
  });

  test("leaves no alarm behind", async () => {
    const harness = started(view("a"));
    await finalise(harness, { a: 2 });
    expect(harness.disk.alarm).toBeUndefined();
  });
});

describe("what arrives after the position that a run read", () => {
  test("stays counted on top of what the run found, and its hour dirty", async () => {
    const harness = started(view("a"));
    const through = await harness.seal(HOUR, 1);
    harness.append([view("a"), view("new")]);
    const answer = await finalise(harness, { a: 4 }, { through });
    expect(answer).toMatchObject({ status: "done", dirty: true });
    expect(cells(harness)).toEqual({ a: 5, new: 1 });
  });

  test("makes the hour dirty even when it was not counted", async () => {
    const harness = started(view("a"));
    const through = await harness.seal(HOUR, 1);
    const late = view("a", HOUR + 2_000);
    harness.now = HOUR + 30 * 60_000;
    harness.append([late]);
    expect(await finalise(harness, { a: 1 }, { through })).toMatchObject({
      changed: 0,
      dirty: true,
    });
  });

  test("in another hour leaves this one clean", async () => {
    const harness = started(view("a"));
    const through = await harness.seal(HOUR, 1);
    harness.append([view("a", NEXT_HOUR)]);
    expect(await finalise(harness, { a: 1 }, { through })).toMatchObject({ dirty: false });
  });

  test("is clean again after a run that read it", async () => {
    const harness = started(view("a"));
    const through = await harness.seal(HOUR, 1);
    harness.append([view("a")]);
    await finalise(harness, { a: 1 }, { through });
    expect(await finalise(harness, { a: 2 }, { run: 2 })).toMatchObject({
      changed: 0,
      dirty: false,
    });
  });
});

describe("runs", () => {
  test("below the last one seen are refused and change nothing, also after an eviction", async () => {
    const harness = started(view("a"));
    await finalise(harness, { a: 5 }, { run: 3 });
    harness.evict();
    expect(await finalise(harness, { a: 9 }, { run: 2, through: 1 })).toEqual({
      status: "superseded",
      run: 3,
    });
    expect(cells(harness)).toEqual({ a: 5 });
  });

  test("that claim to have read further than the log goes are refused", async () => {
    const harness = started(view("a"));
    expect(await finalise(harness, { a: 9 }, { through: 2 })).toEqual({
      status: "ahead",
      position: 1,
    });
    expect(cells(harness)).toEqual({ a: 1 });
  });

  test("of another hour do not supersede this one's", async () => {
    const harness = started(view("a"), view("a", NEXT_HOUR));
    await finalise(harness, { a: 5 }, { hour: NEXT_HOUR, run: 9 });
    expect(await finalise(harness, { a: 2 }, { run: 1 })).toMatchObject({ status: "done" });
  });
});

describe("whatever was counted, corrected and counted again", () => {
  const ids = fc.constantFrom("a", "b", "c", "d");
  const found = fc.dictionary(ids, fc.nat({ max: 6 }));
  const views = fc.array(ids, { maxLength: 8 });
  const split = fc.constantFrom("b", "c", "zz");

  test("a run applied twice, whole or in ranges, is a run applied once", async () => {
    await fc.assert(
      fc.asyncProperty(views, views, found, split, async (before, after, result, at) => {
        const run = async (ranges: readonly FinaliseRequest["range"][]) => {
          const harness = started(...before.map((id) => view(id)));
          const through = await harness.seal(HOUR, 1);
          if (after.length > 0) harness.append(after.map((id) => view(id)));
          for (const range of ranges) {
            const named = Object.entries(result).filter(
              ([id]) => id >= range.from && (range.to === undefined || id < range.to),
            );
            await finalise(harness, Object.fromEntries(named), { through, range });
          }
          const nonZero = Object.entries(cells(harness)).filter(([, counted]) => counted > 0);
          return Object.fromEntries(nonZero);
        };
        const low = { from: "", to: at };
        const high = { from: at };
        const once = await run([EVERYTHING]);
        expect(await run([EVERYTHING, EVERYTHING])).toEqual(once);
        expect(await run([low, high])).toEqual(once);
        expect(await run([high, low, low, high])).toEqual(once);
        const expected = new Map(Object.entries(result));
        for (const id of after) expected.set(id, (expected.get(id) ?? 0) + 1);
        for (const [id, counted] of expected) expect(once[id] ?? 0).toBe(counted);
      }),
    );
  });
});
