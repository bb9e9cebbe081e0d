import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { HOUR_MS } from "../../../src/core/limits.ts";
import { formatEventId } from "../../../src/core/views/event-id.ts";
import { coverageOf, decodeIndexLine, indexPrefix } from "../../../src/protocol/raw-names.ts";
import { decodeRawRecord } from "../../../src/protocol/raw-record.ts";
import { frameOf, makeEvent, visitor } from "../../support/events.ts";
import type { RawLogFate } from "../../support/memory-raw-log.ts";
import { TallyHarness } from "../../support/tally-harness.ts";

// So little that a handful of views is several ranges.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  ARCHIVE_RANGE_BYTES: 300,
  TRIM_BATCH_ENTRIES: 2,
}));

const NOON = Date.UTC(2026, 10, 21, 12);

type Step =
  | { readonly do: "append"; readonly views: number; readonly hoursAgo: number }
  | { readonly do: "spoilt" }
  | { readonly do: "wait" }
  | { readonly do: "alarm" }
  | { readonly do: "seal" }
  | { readonly do: "evict" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("append" as const),
    views: fc.integer({ min: 1, max: 5 }),
    hoursAgo: fc.constantFrom(0, 0, 1, 3),
  }),
  fc.constantFrom<Step>(
    { do: "spoilt" },
    { do: "wait" },
    { do: "alarm" },
    { do: "seal" },
    { do: "evict" },
  ),
);

type Meanwhile = "nothing" | "append" | "crash";

/** A Tally, what was appended to it, and what happens at its calls to the raw log. */
class ArchiveWorld {
  readonly harness = new TallyHarness(NOON);
  readonly appended: string[] = [];
  #spoilt = 0;
  #run = 0;
  #serial = 0;

  constructor(meanwhile: readonly Meanwhile[], fates: readonly RawLogFate[]) {
    const waiting = [...meanwhile];
    this.harness.rawLog.fates.put = [...fates];
    this.harness.rawLog.before = () => {
      const what = waiting.shift();
      if (what === "append") this.#append(2, 0);
      if (what === "crash") this.harness.crash();
    };
  }

  async take(what: Step): Promise<void> {
    const { harness } = this;
    if (what.do === "append") this.#append(what.views, what.hoursAgo);
    if (what.do === "wait") harness.now += 30 * 60_000;
    if (what.do === "evict") harness.evict();
    if (what.do === "spoilt") {
      const bytes = frameOf(makeEvent({ serial: 0, at: NOON, content: "a", visitor: visitor(0) }));
      bytes[4] = 99;
      this.#spoilt += 1;
      harness.appendBytes([bytes]);
      harness.disk.flush();
    }
    if (what.do === "alarm") await harness.tally.alarm().catch(tolerate);
    if (what.do === "seal") {
      this.#run += 1;
      await harness.tally.correction.seal(NOON, this.#run).catch(tolerate);
    }
  }

  /** Whoever hands over is told only when it is on disk, and else comes again: here it is at once. */
  #append(views: number, hoursAgo: number): void {
    const events = Array.from({ length: views }, () => {
      this.#serial += 1;
      const at = this.harness.now - hoursAgo * HOUR_MS + ((this.#serial * 7919) % 50_000) - 50_000;
      return makeEvent({ serial: this.#serial, at, content: "a", visitor: visitor(this.#serial) });
    });
    this.harness.append(events);
    this.harness.disk.flush();
    this.appended.push(...events.map(({ id }) => formatEventId(id)));
  }

  /** Everything up to here lies in the archive, once, and its names say so. */
  async check(): Promise<void> {
    const { rawLog, disk, tally } = this.harness;
    const { archived } = tally.status();
    const indexes = [...rawLog.objects.keys()].filter((it) => it.startsWith(indexPrefix(0)));
    const lines: string[] = [];
    for (const index of indexes) {
      for (const line of rawLog.linesOf(index)) {
        const entry = decodeIndexLine(line);
        if (entry === undefined) throw new Error(`no index line: ${line}`);
        const records = rawLog.linesOf(entry.name).map((it) => decodeRawRecord(it));
        const ids = records.map((it) => formatEventId(it?.event.id ?? new Uint8Array(16)));
        expect(ids).toHaveLength(entry.events);
        expect(ids).toEqual(ids.toSorted());
        for (const record of records) {
          expect(Math.floor((record?.event.at ?? 0) / HOUR_MS) * HOUR_MS).toBe(entry.hour);
        }
        lines.push(...ids);
      }
    }
    expect(new Set(lines).size).toBe(lines.length);
    const [coverage] = coverageOf(indexes);
    expect(coverage?.holes ?? []).toEqual([]);
    expect(coverage?.through ?? 0).toBeGreaterThanOrEqual(archived);
    const gone = Number(disk.read("SELECT MIN(position) AS it FROM log")[0]?.it ?? archived + 1);
    expect(gone).toBeLessThanOrEqual(archived + 1);
  }

  async end(): Promise<void> {
    const { harness } = this;
    harness.rawLog.before = () => undefined;
    harness.rawLog.fates.put = [];
    await harness.seal(NOON, this.#run + 1);
    await this.check();
    const { rawLog } = harness;
    const named = (prefix: string) =>
      [...rawLog.objects.keys()].filter((name) => name.startsWith(prefix));
    const ids = named("raw/").flatMap((name) =>
      rawLog.linesOf(name).map((line) => formatEventId(idOf(line))),
    );
    expect(ids).toHaveLength(this.appended.length);
    expect(new Set(ids)).toEqual(new Set(this.appended));
    const unreadable = named("raw-unreadable/").flatMap((name) => rawLog.linesOf(name));
    expect(unreadable).toHaveLength(this.#spoilt);
    expect(harness.tally.status()).toMatchObject({ unarchivedBytes: 0 });
  }
}

const idOf = (line: string): Uint8Array => decodeRawRecord(line)?.event.id ?? new Uint8Array(16);

/** Anything else that goes wrong is a fault. */
const tolerate = (cause: unknown): void => {
  expect(`${cause}`).toMatch(/the raw log|a dead object/);
};

test("archived with crashes and failures at any call, while views arrive: every event lies in the archive once, in objects in order whose ranges tile", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25, size: "max" }),
      fc.array(fc.constantFrom<Meanwhile>("nothing", "append", "crash"), { maxLength: 20 }),
      fc.array(fc.constantFrom<RawLogFate>("done", "done", "refused", "done, answer lost"), {
        maxLength: 20,
      }),
      async (steps, meanwhile, fates) => {
        const world = new ArchiveWorld(meanwhile, fates);
        for (const what of steps) {
          await world.take(what);
          await world.check();
        }
        await world.end();
      },
    ),
    { numRuns: 50 },
  );
}, 120_000);

const viewAt = (serial: number, at: number) =>
  makeEvent({ serial, at, content: "a", visitor: visitor(serial) });

test("a raw log that is away stops neither the checkpoint nor the next views, and is tried again later", async () => {
  const harness = new TallyHarness(NOON);
  harness.append([1, 2, 3, 4, 5, 6].map((serial) => viewAt(serial, NOON)));
  harness.rawLog.fates.put = ["refused"];
  await harness.tally.alarm();
  expect(harness.problems).toEqual(["tally.archive-failed"]);
  expect(harness.tally.status()).toMatchObject({ position: 1, checkpoint: 1, archived: 0 });
  const again = harness.disk.alarm ?? 0;
  expect(again).toBeGreaterThan(NOON);
  harness.append([viewAt(7, NOON)]);
  expect(harness.views("a")).toBe(7);
  harness.now = again;
  await harness.tally.alarm();
  expect(harness.tally.status()).toMatchObject({ archived: 1 });
});

test("too little to be a range waits for a seal, and leaves no alarm behind", async () => {
  const harness = new TallyHarness(NOON);
  harness.append([viewAt(1, NOON)]);
  await harness.tally.alarm();
  expect(harness.disk.alarm).toBeUndefined();
  expect(harness.rawLog.objects.size).toBe(0);
  await harness.seal(NOON, 1);
  expect(harness.rawLog.objects.size).toBe(2);
});

test("the log is cut off behind the archive when the window needs it no more, and not while a run may ask for it", async () => {
  const harness = new TallyHarness(NOON);
  for (const serial of [1, 2, 3]) harness.append([viewAt(serial, NOON + serial)]);
  const through = await harness.seal(NOON, 1);
  harness.append([viewAt(4, NOON + 4)]);
  await harness.seal(NOON + HOUR_MS, 1);
  const kept = () => harness.disk.read("SELECT position FROM log").length;
  await harness.tally.flush();
  expect(kept()).toBe(4);
  harness.now += HOUR_MS;
  harness.append([viewAt(5, harness.now)]);
  await harness.tally.flush();
  expect(kept()).toBe(1);
  const stale = { hour: NOON, run: 1, through, range: { from: "" }, cells: [] };
  expect(harness.tally.correction.finalise(stale)).toEqual({ status: "stale", trimmed: 4 });
  expect(harness.views("a")).toBe(5);
});
