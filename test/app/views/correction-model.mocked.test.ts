import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { inRange } from "../../../src/core/views/finalise.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { encodeRows } from "../../../src/protocol/chunk.ts";
import type { FinaliseRequest, SealAnswer } from "../../../src/protocol/correction-rpc.ts";
import { joinFrames } from "../../../src/protocol/frame.ts";
import { content, frameOf, makeEvent, visitor } from "../../support/events.ts";
import type { RawLogFate } from "../../support/memory-raw-log.ts";
import { TallyHarness } from "../../support/tally-harness.ts";
import { TallyModel } from "../../support/tally-model.ts";

// So little that a handful of views is several ranges, and a run is soon forgotten.
vi.mock("../../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../../src/core/limits.ts")>()),
  ARCHIVE_RANGE_BYTES: 300,
  TRIM_BATCH_ENTRIES: 2,
  SEAL_HOLDS_LOG_MS: 3_600_000,
}));

const NOON = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const CONTENTS = ["a", "b", "c", "d"];

const found = fc.record(
  { a: fc.nat({ max: 4 }), b: fc.nat({ max: 4 }), c: fc.nat({ max: 4 }), d: fc.nat({ max: 4 }) },
  { requiredKeys: [] },
);
/** Where the chunks of a run begin and end. */
const cuts = fc.constantFrom([], ["b"], ["c", "d"], ["a", "bb", "z"]);
const any = fc.nat({ max: 20 });
const view = fc.record({
  content: fc.constantFrom(...CONTENTS),
  person: fc.nat({ max: 3 }),
  /** On time, on time in the hour before, late, and of hours that are long over. */
  agoMs: fc.constantFrom(
    0,
    1_000,
    30_000,
    90_000,
    4 * MINUTE,
    25 * MINUTE,
    61 * MINUTE,
    130 * MINUTE,
  ),
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      views: fc.array(view, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("copy" as const), which: any }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      minutes: fc.constantFrom(1, 15, 40, 90),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("seal" as const), hour: any, found, cuts }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("seal again" as const), run: any }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("chunk" as const),
      run: any,
      part: any,
      twice: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), run: any }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "alarm" as const,
        "age" as const,
        "flush" as const,
        "save" as const,
        "evict" as const,
        "crash" as const,
      ),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What a Corrector knows of a run of its. */
interface Run {
  readonly hour: number;
  readonly run: number;
  readonly through: number;
  readonly found: Readonly<Record<string, number>>;
  readonly cuts: readonly string[];
}

type Meanwhile = "nothing" | "append" | "crash" | "chunk" | "seal";

/** A Tally and its model, which live through the same. */
class ModelledTally {
  readonly #harness = new TallyHarness(NOON + 3 * MINUTE);
  readonly #model = new TallyModel(CONTENTS);
  readonly #events: ViewEvent[] = [];
  readonly #runs: Run[] = [];
  #chunks = 0;
  #lastRun = 0;
  #sealing: Promise<void> = Promise.resolve();

  constructor(meanwhile: readonly Meanwhile[], fates: readonly RawLogFate[]) {
    const waiting = [...meanwhile];
    this.#harness.beforeDurable = () => this.#model.save();
    this.#harness.rawLog.fates.put = [...fates];
    this.#harness.rawLog.before = () => this.#happen(waiting.shift() ?? "nothing");
  }

  async take(what: Step): Promise<void> {
    const harness = this.#harness;
    if (what.do === "append") this.#append(what.views.map((it) => this.#event(it)));
    if (what.do === "copy") this.#append(pick(this.#events, what.which));
    if (what.do === "wait") harness.now += what.minutes * MINUTE;
    if (what.do === "seal") {
      const [hour = hourOf(harness.now)] = pick(this.#model.hours, what.hour);
      this.#seal({ ...what, hour, run: this.#nextRun() });
    }
    if (what.do === "seal again") for (const run of pick(this.#runs, what.run)) this.#seal(run);
    if (what.do === "chunk") {
      for (const run of pick(this.#runs, what.run)) {
        this.#chunk(run, what.part);
        if (what.twice) this.#chunk(run, what.part);
      }
    }
    if (what.do === "leave") for (const run of pick(this.#runs, what.run)) this.#leave(run);
    if (what.do === "alarm") await harness.tally.alarm().catch(tolerate);
    if (what.do === "flush") await this.#flush();
    if (what.do === "age") await this.#age();
    if (what.do === "save") this.#save();
    if (what.do === "crash") this.#crash();
    if (what.do === "evict") {
      this.#model.save();
      harness.evict();
    }
    await this.#atRest();
  }

  /** What readers and its Corrector are told. */
  checkTold(): void {
    const { tally } = this.#harness;
    const published = tally.counts(CONTENTS.map(content)).counts;
    expect(published.map(({ views }) => views)).toEqual(
      CONTENTS.map((it) => this.#model.published(it)),
    );
    expect(tally.correction.hours()).toEqual(
      this.#model.hours.map((hour) => ({ hour, dirty: this.#model.isDirty(hour) })),
    );
  }

  checkCells(): void {
    this.#harness.tally.checkpoint();
    const rows = this.#harness.disk.read("SELECT content, hour, counted, final FROM cells");
    this.#compare(
      rows.map((it) => {
        const { content: id, hour, counted, final } = it;
        return { id: `${id}`, hour: Number(hour), counted: Number(counted), final: final === 1 };
      }),
    );
  }

  /** Nothing refuses any more: all of the log lies in the archive, and the database says what the Tally says. */
  async end(): Promise<void> {
    const { rawLog } = this.#harness;
    rawLog.before = () => undefined;
    rawLog.fates.put = [];
    this.#seal({ hour: NOON, run: this.#nextRun(), found: {}, cuts: [] });
    await this.#atRest();
    this.checkCells();
    expect(this.#harness.tally.status()).toMatchObject({ unarchivedBytes: 0 });
    await this.#flush();
    this.#model.save();
    this.#harness.evict();
    this.checkTold();
    this.checkCells();
  }

  #compare(rows: readonly { id: string; hour: number; counted: number; final: boolean }[]): void {
    const hours = new Set([...this.#model.hours, ...this.#runs.map(({ hour }) => hour)]);
    for (const hour of hours) {
      const ours = rows.filter((row) => row.hour === hour);
      const counted = Object.fromEntries(ours.map((row) => [row.id, row.counted]));
      expect({ ...ZEROS, ...counted }, "cells").toEqual(this.#model.cells(hour));
      expect(
        ours.map(({ id, final }) => [id, final]),
        "final",
      ).toEqual(ours.map(({ id }) => [id, this.#model.isFinal(hour, id)]));
    }
  }

  async #flush(): Promise<void> {
    await this.#harness.tally.flush();
    this.#save();
    this.#compare(
      [...this.#harness.database.cells.values()].map(({ content: id, hour, views, final }) => {
        return { id, hour, counted: views, final };
      }),
    );
  }

  /** The window moves on, another hour is sealed, and what nobody needs is cut off. */
  async #age(): Promise<void> {
    this.#harness.now += 100 * MINUTE;
    this.#append([this.#event({ content: "c", person: this.#events.length, agoMs: 0 })]);
    const hour = hourOf(this.#harness.now);
    this.#seal({ hour, run: this.#nextRun(), found: { c: 2 }, cuts: [] });
    await this.#atRest();
    this.#harness.now += 70 * MINUTE;
    await this.#flush();
  }

  #happen(what: Meanwhile): void {
    if (what === "append") {
      this.#append([this.#event({ content: "b", person: this.#events.length, agoMs: 90_000 })]);
    }
    if (what === "crash") this.#crash();
    const run = this.#runs.at(-1);
    if (what === "chunk" && run !== undefined) this.#chunk(run, 0);
    if (what === "seal" && run !== undefined) {
      this.#seal({ hour: run.hour, run: this.#nextRun(), found: { a: 1 }, cuts: [] });
    }
  }

  #event({ content: id, person, agoMs }: { content: string; person: number; agoMs: number }) {
    const at = this.#harness.now - agoMs;
    const serial = this.#events.length + 1;
    const event = makeEvent({ serial, at, content: id, visitor: visitor(person) });
    this.#events.push(event);
    return event;
  }

  /** From a source of its own: who is not told comes again, or not. */
  #append(events: readonly ViewEvent[]): void {
    if (events.length === 0) return;
    this.#chunks += 1;
    const source = `collector:TST:0:${this.#chunks}`;
    const rows = encodeRows([{ id: 1, frames: joinFrames(events.map((it) => frameOf(it))) }]);
    const { tally, now } = this.#harness;
    tally.append({ source, follows: 0, floor: 1, through: 1, rows });
    this.#model.append(events, now, tally.status().position);
  }

  #seal(run: Omit<Run, "through">): void {
    this.#model.seal(run.hour, run.run);
    const told = this.#harness.tally.correction
      .seal(run.hour, run.run)
      .then((answer) => this.#sealed(run, answer), tolerate);
    this.#sealing = Promise.all([this.#sealing, told]).then(() => undefined);
  }

  #sealed(run: Omit<Run, "through">, answer: SealAnswer): void {
    const last = this.#model.runOf(run.hour);
    if (answer.status !== "sealed" || run.run < last) {
      expect(answer).toEqual({ status: "superseded", run: last });
      return;
    }
    this.#save();
    const events = answer.objects.reduce((sum, object) => sum + object.events, 0);
    expect(events).toBe(this.#model.logged(run.hour, answer.through));
    this.#runs.push({ ...run, through: answer.through });
  }

  #chunk(run: Run, part: number): void {
    const { hour, through } = run;
    const request = requestOf(run, part);
    const answer = this.#harness.tally.correction.finalise(request);
    const last = this.#model.runOf(hour);
    if (run.run < last) {
      expect(answer).toEqual({ status: "superseded", run: last });
    } else if (answer.status === "stale") {
      expect(answer.trimmed).toBeGreaterThan(through);
    } else {
      this.#model.finalise(request);
      const [changed, dirty] = [this.#model.changed(hour), this.#model.isDirty(hour, through)];
      expect(answer).toEqual({ status: "done", changed, dirty });
    }
  }

  #leave({ hour, run, through }: Run): void {
    const { tally, disk } = this.#harness;
    const trimmed = disk.read("SELECT value FROM meta WHERE name = 'trimmed'")[0]?.value ?? 0;
    tally.correction.leave(hour, run, through);
    if (run === this.#model.runOf(hour) && Number(trimmed) <= through) {
      this.#model.leave(hour, through);
    }
  }

  /** Seals that began while others were waited for are over as well. */
  async #atRest(): Promise<void> {
    for (let over: unknown; over !== this.#sealing; ) {
      over = this.#sealing;
      await over;
    }
  }

  #nextRun(): number {
    this.#lastRun += 1;
    return this.#lastRun;
  }

  #save(): void {
    this.#model.save();
    this.#harness.disk.flush();
  }

  #crash(): void {
    this.#harness.crash();
    this.#model.crash();
  }
}

const ZEROS = Object.fromEntries(CONTENTS.map((it) => [it, 0]));

const pick = <T>(items: readonly T[], which: number): readonly T[] =>
  items.slice(-1 - (which % Math.max(1, items.length))).slice(0, 1);

const requestOf = ({ hour, run, through, found, cuts }: Run, part: number): FinaliseRequest => {
  const index = part % (cuts.length + 1);
  const to = cuts[index];
  const range = { from: cuts[index - 1] ?? "", ...(to !== undefined && { to }) };
  const cells = Object.entries(found)
    .filter(([id, views]) => inRange(range, id) && views > 0)
    .map(([id, views]) => [content(id), views] as const);
  return { hour, run, through, range, cells };
};

/** Anything else that goes wrong is a fault. */
const tolerate = (cause: unknown): void => {
  expect(`${cause}`).toMatch(/the raw log|a dead object/);
};

test("whatever comes, fails and dies: cells are what the last run found and what was counted behind it, in the Tally and in the database", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, fc.boolean()), { maxLength: 40, size: "max" }),
      fc.array(fc.constantFrom<Meanwhile>("nothing", "append", "crash", "chunk", "seal"), {
        maxLength: 20,
      }),
      fc.array(fc.constantFrom<RawLogFate>("done", "done", "refused", "done, answer lost"), {
        maxLength: 20,
      }),
      async (steps, meanwhile, fates) => {
        const world = new ModelledTally(meanwhile, fates);
        for (const [what, isChecked] of steps) {
          await world.take(what);
          world.checkTold();
          if (isChecked) world.checkCells();
        }
        await world.end();
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);
