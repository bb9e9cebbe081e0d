import type { ContentId } from "../../core/ids.ts";
import { CHECKPOINT_MAX_MS, CHECKPOINT_MIN_MS } from "../../core/limits.ts";
import { stamp } from "../../core/stamp.ts";
import { acceptChunk } from "../../core/views/cursor.ts";
import { hourOf, Ledger } from "../../core/views/ledger.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CountTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import type { LogEntry, TallyStore } from "../../ports/tally-store.ts";
import { type Chunk, decodeRows } from "../../protocol/chunk.ts";
import { joinFrames } from "../../protocol/frame.ts";
import type {
  AppendAnswer,
  CloseAnswer,
  CountsAnswer,
  FinaliseAnswer,
  FinaliseRequest,
  FlushAnswer,
  SealAnswer,
  Standing,
  TallyStatus,
} from "../../protocol/object-rpc.ts";
import { ChunkFold } from "./chunk-fold.ts";
import { closeTally } from "./close-tally.ts";
import { finaliseHour } from "./finalise-hour.ts";
import { type Flushed, flushTally } from "./flush-tally.ts";
import { loggedEvents } from "./logged-events.ts";
import { rollUpTally } from "./roll-up-tally.ts";
import { SourcePace } from "./source-pace.ts";

export interface TallyDeps {
  readonly shard: number;
  readonly counts: CountTables;
  readonly statistics: Pick<StatisticsTables, "saveDays">;
  readonly calendar: ReportingCalendar;
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly store: TallyStore;
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
  readonly #deps: TallyDeps;
  readonly #ledger: Ledger;
  readonly #fold: ChunkFold;
  readonly #pace = new SourcePace();
  readonly #generation: number;
  #position: number;
  #checkpoint: number;
  #armed = false;

  constructor(deps: TallyDeps) {
    this.#deps = deps;
    this.#ledger = new Ledger(deps.store);
    this.#generation = deps.store.generation();
    this.#fold = new ChunkFold(deps.store, this.#ledger);
    this.#checkpoint = deps.store.checkpoint();
    this.#position = this.#checkpoint;
    for (const entry of deps.store.entriesAbove(this.#checkpoint)) this.#replay(entry);
    if (this.#ledger.dirty) this.#armCheckpoint();
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

  /** Fixes what a correction run of the hour reads: the log up to the position answered. */
  seal(hour: number): SealAnswer {
    const events = countIf(
      loggedEvents(this.#deps.store.entriesSince(hour)),
      ({ frame }) => frame !== undefined && hourOf(frame.event.at) === hour,
    );
    return { through: this.#position, events };
  }

  /** Sets the hour's cells of a range of contents to what correction found, and keeps what was counted since it read. */
  finalise(request: FinaliseRequest): FinaliseAnswer {
    this.checkpoint();
    if (request.through > this.#position) return { status: "ahead", position: this.#position };
    return this.#commit(() => {
      const answer = finaliseHour(this.#deps.store, this.#ledger, request, this.#position + 1);
      if (answer.status === "done" && answer.changed > 0) this.#position += 1;
      this.#save();
      return answer;
    });
  }

  /** @throws when the database fails; the next flush goes on from where the last one ended */
  async flush(): Promise<FlushAnswer> {
    this.checkpoint();
    const flushed = await flushTally(this.#deps);
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
   * Moves what is old into closed values, as far as both `before` and raw retention let it.
   * @param before ms
   * @throws when the database fails; the next closing goes on from where this one ended
   */
  close(before: number): Promise<CloseAnswer> {
    const { store, clock, calendar } = this.#deps;
    return closeTally(before, {
      store,
      clock,
      calendar,
      begin: (through) => {
        this.#fold.moveHorizon(clock.now());
        this.#commit(() => store.saveClosing(through, this.#fold.horizon));
      },
      flush: () => this.flush(),
      rollUp: () => this.rollUp(),
      move: (cells, last) =>
        this.#change((version) => {
          for (const cell of cells) this.#ledger.close(cell, version);
          store.deleteCellsThrough(last);
        }),
    });
  }

  checkpoint(): TallyStatus {
    this.#commit(() => this.#save());
    return this.status();
  }

  status(): TallyStatus {
    return {
      position: this.#position,
      checkpoint: this.#checkpoint,
      flushed: this.#deps.store.flushed(),
      closedThrough: this.#deps.store.closed(),
      sources: this.#pace.sources,
      bytes: this.#deps.store.bytes(),
      ...this.#fold.status(),
    };
  }

  /** Nothing awaits in here, so nothing can become pending between the save and the cleared alarm. */
  alarm(): void {
    this.checkpoint();
  }

  #foldAndLog(source: string, frames: Uint8Array): void {
    const position = this.#position + 1;
    const { verdicts, newestAt, unreadable } = this.#fold.run(frames, position);
    if (unreadable > 0) this.#warn("tally.unreadable", { source, frames: unreadable });
    this.#deps.store.appendEntry({ position, source, frames, verdicts }, newestAt);
    this.#position = position;
    this.#armCheckpoint();
  }

  #replay(entry: LogEntry): void {
    for (const { frame, verdict } of loggedEvents([entry])) {
      if (verdict !== "counted" || frame === undefined) continue;
      const { content, at } = frame.event;
      this.#ledger.count({ content, hour: hourOf(at) }, entry.position);
    }
    this.#position = entry.position;
  }

  #save(): void {
    const { cells, totals } = this.#ledger.changes();
    this.#deps.store.saveLedger(this.#position, cells, totals);
    this.#deps.store.alarm.clear();
    this.#ledger.markSaved();
    this.#checkpoint = this.#position;
    this.#armed = false;
  }

  /** What changes cells or totals beside the fold has a position of its own, and is saved with it. */
  #change(work: (version: number) => void): void {
    this.#commit(() => {
      this.#position += 1;
      work(this.#position);
      this.#save();
    });
  }

  #armCheckpoint(): void {
    if (this.#armed) return;
    const { store, clock, random } = this.#deps;
    const spread = (CHECKPOINT_MAX_MS - CHECKPOINT_MIN_MS) * random.fraction();
    store.alarm.set(Math.round(clock.now() + CHECKPOINT_MIN_MS + spread));
    this.#armed = true;
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

const countIf = <T>(items: Iterable<T>, holds: (item: T) => boolean): number => {
  let count = 0;
  for (const item of items) if (holds(item)) count += 1;
  return count;
};
