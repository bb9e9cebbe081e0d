import type { ContentId } from "../../core/ids.ts";
import { stamp } from "../../core/stamp.ts";
import { acceptChunk } from "../../core/views/cursor.ts";
import { Ledger } from "../../core/views/ledger.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CountTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { LogEntry } from "../../ports/log-entry.ts";
import type { Random } from "../../ports/random.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { type Chunk, decodeRows } from "../../protocol/chunk.ts";
import { joinFrames } from "../../protocol/frame.ts";
import type {
  AppendAnswer,
  CloseAnswer,
  CountsAnswer,
  FlushAnswer,
  Standing,
  TallyStatus,
} from "../../protocol/object-rpc.ts";
import { TallyArchive } from "./archive.ts";
import { ChunkFold } from "./chunk-fold.ts";
import { closeTally } from "./close-tally.ts";
import { TallyCorrection } from "./correction.ts";
import { expireRaw } from "./expire-raw.ts";
import { type Flushed, flushTally } from "./flush-tally.ts";
import { Hours } from "./hours.ts";
import { loggedEvents } from "./logged-events.ts";
import { rollUpTally } from "./roll-up-tally.ts";
import { SourcePace } from "./source-pace.ts";
import { TallyAlarm } from "./tally-alarm.ts";

export interface TallyDeps {
  readonly shard: number;
  readonly counts: CountTables;
  readonly statistics: Pick<StatisticsTables, "saveDays">;
  readonly calendar: ReportingCalendar;
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly store: TallyStore;
  readonly rawLog: RawLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Ends this instance: its memory has run ahead of what could be saved. */
  abort(reason: string): never;
}

/**
 * The one writer of a shard's cells. A chunk is folded, logged with its verdicts and acknowledged in one
 * transaction; cells and totals follow at the next checkpoint, and on wake the log behind it is added again.
 */
export class Tally {
  /** What its Corrector asks of it. */
  readonly correction: TallyCorrection;
  readonly #deps: TallyDeps;
  readonly #ledger: Ledger;
  readonly #hours: Hours;
  readonly #archive: TallyArchive;
  readonly #alarm: TallyAlarm;
  readonly #fold: ChunkFold;
  readonly #pace = new SourcePace();
  readonly #generation: number;
  #position: number;
  #checkpoint: number;

  constructor(deps: TallyDeps) {
    this.#deps = deps;
    const { store } = deps;
    this.#ledger = new Ledger(store);
    this.#hours = new Hours(store.hours, store.closing());
    this.#archive = new TallyArchive(deps);
    this.#alarm = new TallyAlarm({ ...deps, archive: this.#archive });
    this.#generation = store.generation();
    this.#fold = new ChunkFold(store, this.#ledger, this.#hours);
    this.correction = this.#makeCorrection();
    this.#checkpoint = store.checkpoint();
    this.#position = this.#checkpoint;
    for (const entry of store.entriesAbove(this.#checkpoint)) this.#replay(entry);
    if (this.#ledger.dirty) this.#alarm.arm();
  }

  append(chunk: Chunk): AppendAnswer {
    const { store, clock } = this.#deps;
    const now = clock.now();
    const nextAfterMs = this.#pace.nextAfterMs(chunk.source, now);
    const acceptance = acceptChunk(store.mark(chunk.source), chunk);
    if (acceptance.status === "rewind") return { mark: acceptance.mark, nextAfterMs };
    if (acceptance.gap) this.#warn("tally.gap", { source: chunk.source, floor: chunk.floor });

    const mark = Math.max(acceptance.above, chunk.through);
    const fresh = [...decodeRows(chunk.rows)].filter(({ id }) => id > acceptance.above);
    this.#fold.moveHorizon(now);
    this.#commit(() => {
      store.advance({ source: chunk.source, mark, horizon: this.#fold.horizon });
      if (fresh.length === 0) return;
      this.#foldAndLog(chunk.source, joinFrames(fresh.map(({ frames }) => frames)));
    });
    return { mark, nextAfterMs };
  }

  counts(contents: readonly ContentId[]): CountsAnswer {
    const counts = contents.map((content) => {
      const { published, version } = this.#ledger.total(content);
      return { content, views: published, stamp: stamp(this.#generation, version) };
    });
    return { asOf: this.#deps.clock.now(), counts };
  }

  /** @throws when the database fails; the next flush goes on from where the last one ended */
  async flush(): Promise<FlushAnswer> {
    this.checkpoint();
    const flushed = await flushTally(this.#deps);
    await this.#archive.trim();
    return { ...flushed, flushed: this.#deps.store.flushed(), status: this.status() };
  }

  /** @throws when the database fails; the next rolling up goes on from where the last one ended */
  async rollUp(): Promise<Flushed> {
    this.checkpoint();
    return rollUpTally(this.#deps);
  }

  /** The next flush and the next rolling up send everything. */
  reflush(): void {
    this.#commit(() => this.#deps.store.days.sendAnew());
  }

  standing(content: ContentId): Standing {
    const { version, published, views, restated } = this.#ledger.total(content);
    return { known: version > 0, published, truth: views - restated };
  }

  /** @param views what is to be published, >= 0; absent: the truth as it is known */
  restate(content: ContentId, views: number | undefined): Standing {
    this.#change((version) => this.#ledger.restate(content, views, version));
    return this.standing(content);
  }

  /** @param views brought along from elsewhere, >= 0 */
  setStart(content: ContentId, views: number): void {
    this.#change((version) => this.#ledger.setStart(content, views, version));
  }

  /**
   * Moves what is old into closed values, as far as both `before` and raw retention let it, and deletes from the raw log
   * what nobody can correct with any more.
   * @param before ms
   * @throws when the database fails; the next closing goes on from where this one ended
   */
  async close(before: number): Promise<CloseAnswer> {
    const { store, clock, calendar } = this.#deps;
    const closed = await closeTally(before, {
      store,
      clock,
      calendar,
      begin: (through) => {
        this.#fold.moveHorizon(clock.now());
        this.#commit(() => store.saveClosing(through, this.#fold.horizon));
        this.#hours.close(through);
      },
      flush: () => this.flush(),
      rollUp: () => this.rollUp(),
      move: (cells, last) =>
        this.#change((version) => {
          for (const cell of cells) this.#ledger.close(cell, version);
          store.deleteCellsThrough(last);
        }),
    });
    return { ...closed, raw: await expireRaw(this.#deps) };
  }

  checkpoint(): void {
    this.#commit(() => this.#save());
  }

  status(): TallyStatus {
    return {
      position: this.#position,
      checkpoint: this.#checkpoint,
      flushed: this.#deps.store.flushed(),
      closedThrough: this.#deps.store.closed(),
      sources: this.#pace.sources,
      bytes: this.#deps.store.bytes(),
      dirtyHours: this.#deps.store.hours.countDirty(this.#deps.store.closing()),
      ...this.#archive.status(),
      ...this.#fold.status(),
    };
  }

  /** The checkpoint leaves an alarm behind while the archive is due: it may die on the way, and be due again after it. */
  async alarm(): Promise<void> {
    this.checkpoint();
    await this.#archive.tend(this.#position);
    this.#alarm.handled();
  }

  #makeCorrection(): TallyCorrection {
    const [ledger, hours, archive] = [this.#ledger, this.#hours, this.#archive];
    const position = () => this.#position;
    const change = <T>(work: (version: number) => T): T => this.#change(work);
    return new TallyCorrection({ ...this.#deps, ledger, hours, archive, position, change });
  }

  #foldAndLog(source: string, frames: Uint8Array): void {
    const position = this.#position + 1;
    const { verdicts, newestAt, unreadable } = this.#fold.run(frames, position);
    if (unreadable > 0) this.#warn("tally.unreadable", { source, frames: unreadable });
    this.#deps.store.appendEntry({ position, source, frames, verdicts }, newestAt);
    this.#position = position;
    this.#archive.appended(frames.length);
    this.#alarm.arm();
  }

  #replay(entry: LogEntry): void {
    for (const { frame, verdict } of loggedEvents([entry])) {
      if (frame !== undefined) this.#fold.note(frame.event, verdict, entry.position);
    }
    this.#position = entry.position;
  }

  #save(): void {
    const { cells, totals } = this.#ledger.changes();
    this.#deps.store.saveLedger(this.#position, cells, totals);
    this.#alarm.saved();
    this.#ledger.markSaved();
    this.#checkpoint = this.#position;
  }

  /** What changes cells or totals beside the fold has a position of its own, and is saved with it. */
  #change<T>(work: (version: number) => T): T {
    return this.#commit(() => {
      this.#save();
      const result = work(this.#position + 1);
      if (this.#ledger.dirty) {
        this.#position += 1;
        this.#save();
      }
      return result;
    });
  }

  /** The fold changes memory before the commit: if the commit fails, the instance must not live on. */
  #commit<T>(work: () => T): T {
    try {
      return this.#deps.store.atomically(work);
    } catch (cause) {
      return this.#deps.abort(`${this.#deps.name} could not commit: ${cause}`);
    }
  }

  #warn(event: string, fields: Record<string, string | number>): void {
    this.#deps.log.error(event, { tally: this.#deps.name, ...fields });
  }
}
