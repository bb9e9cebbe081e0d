import { gzipSync } from "node:zlib";
import type { ContentId } from "../../src/core/ids.ts";
import { formatEventId } from "../../src/core/views/event-id.ts";
import { inRange } from "../../src/core/views/finalise.ts";
import { judge } from "../../src/core/views/fold.ts";
import { hourOf } from "../../src/core/views/ledger.ts";
import type { Verdict } from "../../src/core/views/verdict.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { CountedWindow } from "../../src/core/views/window.ts";
import type {
  ArchivedObject,
  CorrectableHour,
  FinaliseAnswer,
  FinaliseRequest,
  SealAnswer,
} from "../../src/protocol/correction-rpc.ts";
import { encodeRawRecord } from "../../src/protocol/raw-record.ts";
import type { MemoryRawLog } from "./memory-raw-log.ts";

interface Logged {
  readonly position: number;
  readonly event: ViewEvent;
  readonly verdict: Verdict;
}

interface Hour {
  run: number;
  through: number;
  dirtiedAt: number;
  changed: number;
  readonly objects: ArchivedObject[];
  readonly cells: Map<ContentId, number>;
}

/** What a Corrector sees of a Tally, and nothing else of it: each append is a position, events are folded as they come. */
export class FakeTally {
  readonly #shard: number;
  readonly #rawLog: MemoryRawLog;
  readonly #window = new CountedWindow();
  readonly #log: Logged[] = [];
  readonly #hours = new Map<number, Hour>();
  #position = 0;
  #archived = 0;
  /** Events older than this are late, ms. */
  horizon = Number.NEGATIVE_INFINITY;
  /** Hours before this are closed. */
  closing = Number.NEGATIVE_INFINITY;
  trimmed = 0;
  readonly incomplete = new Set<number>();

  constructor(shard: number, rawLog: MemoryRawLog) {
    this.#shard = shard;
    this.#rawLog = rawLog;
  }

  append(events: readonly ViewEvent[]): void {
    this.#position += 1;
    for (const event of events) {
      const verdict = judge(this.#window, this.horizon, event);
      this.#log.push({ position: this.#position, event, verdict });
      const hour = this.#hour(hourOf(event.at));
      if (hour.dirtiedAt <= hour.through) hour.dirtiedAt = this.#position;
      const { cells } = hour;
      if (verdict === "counted") cells.set(event.content, (cells.get(event.content) ?? 0) + 1);
    }
  }

  hours(): readonly CorrectableHour[] {
    return [...this.#hours]
      .filter(([hour]) => hour >= this.closing)
      .map(([hour, { dirtiedAt, through }]) => ({ hour, dirty: dirtiedAt > through }))
      .sort((a, b) => a.hour - b.hour);
  }

  async seal(hour: number, run: number): Promise<SealAnswer> {
    if (hour < this.closing) return { status: "closed", through: this.closing };
    if (this.incomplete.has(hour)) return { status: "incomplete" };
    const state = this.#hour(hour);
    if (run < state.run) return { status: "superseded", run: state.run };
    if (run > state.run) state.changed = 0;
    state.run = run;
    this.#archive();
    const views = [...state.cells.values()].reduce((sum, cell) => sum + cell, 0);
    return { status: "sealed", through: this.#archived, objects: [...state.objects], views };
  }

  async finalise(request: FinaliseRequest): Promise<FinaliseAnswer> {
    const { hour, run, through, range } = request;
    const state = this.#hour(hour);
    if (hour < this.closing) return { status: "closed", through: this.closing };
    if (run < state.run) return { status: "superseded", run: state.run };
    if (through < this.trimmed) return { status: "stale", trimmed: this.trimmed };
    const found = new Map(request.cells);
    for (const { position, event, verdict } of this.#log) {
      if (position <= through || verdict !== "counted" || hourOf(event.at) !== hour) continue;
      if (inRange(range, event.content)) {
        found.set(event.content, (found.get(event.content) ?? 0) + 1);
      }
    }
    for (const content of new Set([...found.keys(), ...state.cells.keys()])) {
      if (!inRange(range, content)) continue;
      const views = found.get(content) ?? 0;
      if (views !== (state.cells.get(content) ?? 0)) state.changed += 1;
      state.cells.set(content, views);
    }
    if (range.to === undefined) {
      this.#settle(hour, through);
    }
    return { status: "done", changed: state.changed, dirty: state.dirtiedAt > state.through };
  }

  async leave(hour: number, run: number, through: number): Promise<void> {
    if (this.#hour(hour).run === run) this.#settle(hour, through);
  }

  /** Cells that are not 0. */
  cellsOf(hour: number): Record<string, number> {
    const cells = [...this.#hour(hour).cells].filter(([, views]) => views !== 0);
    return Object.fromEntries(cells.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Of every hour, its cells and whether it is dirty. */
  settled(): readonly unknown[] {
    return this.hours().map(({ hour, dirty }) => [hour, dirty, this.cellsOf(hour)]);
  }

  #settle(hour: number, through: number): void {
    const state = this.#hour(hour);
    state.through = through;
    for (const { position, event } of this.#log) {
      if (position > through && hourOf(event.at) === hour) state.dirtiedAt = position;
    }
  }

  /** An object for each hour there is something new of. */
  #archive(): void {
    const fresh = this.#log.filter(({ position }) => position > this.#archived);
    for (const hour of new Set(fresh.map(({ event }) => hourOf(event.at)))) {
      const lines = fresh
        .filter(({ event }) => hourOf(event.at) === hour)
        .map(({ event, verdict }) => ({
          order: `${event.at} ${formatEventId(event.id)}`,
          line: encodeRawRecord({ event, acceptedAt: event.at + 3_000 }, verdict, "TST"),
        }))
        .sort((a, b) => (a.order < b.order ? -1 : 1));
      const name = `raw/${this.#shard}/${hour}/${this.#archived + 1}-${this.#position}`;
      const text = lines.map(({ line }) => `${line}\n`).join("");
      this.#rawLog.objects.set(name, gzipSync(text));
      this.#hour(hour).objects.push({ name, events: lines.length });
    }
    this.#archived = this.#position;
  }

  #hour(hour: number): Hour {
    let state = this.#hours.get(hour);
    if (state === undefined) {
      state = { run: 0, through: 0, dirtiedAt: 0, changed: 0, objects: [], cells: new Map() };
      this.#hours.set(hour, state);
    }
    return state;
  }
}
