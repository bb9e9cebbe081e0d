import type { ContentId } from "../../core/ids.ts";
import { stamp } from "../../core/stamp.ts";
import { Ledger } from "../../core/views/ledger.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { CountTables } from "../../ports/database.ts";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import type { Chunk } from "../../protocol/chunk.ts";
import type {
  AppendAnswer,
  CloseAnswer,
  CountsAnswer,
  FlushAnswer,
  Standing,
  TallyStatus,
  TraceAnswer,
  TraceQuery,
} from "../../protocol/object-rpc.ts";
import { TallyArchive, type TallyArchiveDeps } from "./archive.ts";
import { closeTally } from "./close-tally.ts";
import { TallyCorrection } from "./correction.ts";
import { expireRaw } from "./expire-raw.ts";
import { type Flushed, flushTally } from "./flush-tally.ts";
import { Hours } from "./hours.ts";
import { Intake } from "./intake.ts";
import { LedgerKeeper } from "./ledger-keeper.ts";
import { rollUpTally } from "./roll-up-tally.ts";
import { SuspicionWatch, type SuspicionWatchDeps } from "./suspicion-watch.ts";
import { TallyAlarm } from "./tally-alarm.ts";
import { TallyTelling, type TallyTellingDeps } from "./tally-telling.ts";
import { traceView } from "./trace-view.ts";

export interface TallyDeps extends TallyArchiveDeps {
  readonly counts: CountTables;
  readonly statistics: Pick<StatisticsTables, "saveDays">;
  readonly calendar: ReportingCalendar;
  /** Absent where objects answer readers themselves. */
  readonly toReaders?: TallyTellingDeps["toReaders"];
  /** Absent where nobody ranks. */
  readonly ranking?: TallyTellingDeps["ranking"];
  /** Absent, nobody is suspected. */
  readonly suspicions?:
    | Pick<SuspicionWatchDeps, "tables" | "mode" | "background" | "shards">
    | undefined;
  /** Ends this instance: its memory has run ahead of what could be saved. */
  abort(reason: string): never;
}

/**
 * The one writer of a shard's cells. What comes in is logged at once; cells and totals follow at the next checkpoint,
 * and on wake the log behind it is added again.
 */
export class Tally {
  /** What its Corrector asks of it. */
  readonly correction: TallyCorrection;
  readonly #deps: TallyDeps;
  readonly #ledger: Ledger;
  readonly #hours: Hours;
  readonly #archive: TallyArchive;
  readonly #alarm: TallyAlarm;
  readonly #keeper: LedgerKeeper;
  readonly #intake: Intake;
  readonly #generation: number;
  readonly #telling: TallyTelling;
  readonly #watch: SuspicionWatch | undefined;

  constructor(deps: TallyDeps) {
    this.#deps = deps;
    const { store } = deps;
    this.#ledger = new Ledger(store);
    this.#hours = new Hours(store.hours, store.closing());
    this.#archive = new TallyArchive(deps);
    this.#generation = store.generation();
    const { toReaders, ranking } = deps;
    this.#telling = new TallyTelling({ ...deps, toReaders, ranking, generation: this.#generation });
    const common = {
      ...deps,
      telling: this.#telling,
      ledger: this.#ledger,
      archive: this.#archive,
    };
    this.#alarm = new TallyAlarm(common);
    this.#keeper = new LedgerKeeper({ ...common, alarm: this.#alarm });
    const keeper = this.#keeper;
    this.#watch =
      deps.suspicions &&
      new SuspicionWatch({
        ...deps,
        ...deps.suspicions,
        store: store.suspicions,
        commit: (work) => keeper.commit(work),
      });
    const parts = {
      ...common,
      hours: this.#hours,
      slots: this.#telling.slots,
      alarm: this.#alarm,
      keeper,
      watch: this.#watch,
    };
    this.correction = new TallyCorrection(parts);
    this.#intake = new Intake(parts);
    if (this.#ledger.dirty) this.#alarm.inherit();
  }

  /** Those who do not ask may be told from now on. */
  publish(): void {
    this.#telling.begin({ ledger: this.#ledger, keeper: this.#keeper, alarm: this.#alarm });
  }

  append(chunk: Chunk): AppendAnswer {
    const answer = this.#intake.append(chunk);
    // The alarm that is set for it may wait for an archiving.
    this.#telling.tend(this.#deps.clock.now());
    this.#watch?.tend(this.#deps.clock.now());
    return answer;
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
    this.#watch?.tend(this.#deps.clock.now());
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
    this.#keeper.commit(() => this.#deps.store.days.sendAnew());
  }

  /** Where an event is, and its hour. */
  traceView(query: TraceQuery): Promise<TraceAnswer> {
    return traceView(this.#deps.store, query);
  }

  standing(content: ContentId): Standing {
    const { version, published, views, restated } = this.#ledger.total(content);
    return { known: version > 0, published, truth: views - restated };
  }

  /** @param views what is to be published, >= 0; absent: the truth as it is known */
  restate(content: ContentId, views: number | undefined): Standing {
    this.#keeper.change((version) => this.#ledger.restate(content, views, version));
    return this.standing(content);
  }

  /** @param views brought along from elsewhere, >= 0 */
  setStart(content: ContentId, views: number): void {
    this.#keeper.change((version) => this.#ledger.setStart(content, views, version));
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
        const horizon = this.#intake.moveHorizon();
        this.#keeper.commit(() => store.saveClosing(through, horizon));
        this.#hours.close(through);
      },
      flush: () => this.flush(),
      rollUp: () => this.rollUp(),
      move: (cells, last) =>
        this.#keeper.change((version) => {
          for (const cell of cells) this.#ledger.close(cell, version);
          store.deleteCellsThrough(last);
        }),
    });
    return { ...closed, raw: await expireRaw(this.#deps) };
  }

  checkpoint(): void {
    this.#keeper.save();
  }

  status(): TallyStatus {
    const { store } = this.#deps;
    return {
      position: this.#keeper.position,
      checkpoint: this.#keeper.checkpoint,
      flushed: store.flushed(),
      closedThrough: store.closed(),
      bytes: store.bytes(),
      dirtyHours: store.hours.countDirty(store.closing()),
      ...this.#archive.status(),
      ...this.#intake.status(),
    };
  }

  /** The checkpoint leaves an alarm behind while the archive is due: it may die on the way, and be due again after it. */
  async alarm(): Promise<void> {
    const now = this.#deps.clock.now();
    this.#telling.tend(now);
    this.#watch?.tend(now);
    if (!this.#alarm.isForSaving(now)) {
      this.#keeper.commit(() => this.#alarm.passed());
      return;
    }
    this.checkpoint();
    await this.#archive.tend(this.#keeper.position);
    this.#alarm.handled();
  }
}
