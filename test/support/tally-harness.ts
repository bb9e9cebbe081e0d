import { tallyStore } from "../../src/adapters/objects/tally-store.ts";
import { Tally, type TallyDeps } from "../../src/app/views/tally.ts";
import type { RankingDeps } from "../../src/app/views/tally-telling.ts";
import type { ContentId } from "../../src/core/ids.ts";
import type { ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import type { Verdict } from "../../src/core/views/verdict.ts";
import { verdictOf } from "../../src/core/views/verdict.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import type { CountTables } from "../../src/ports/database.ts";
import type {
  CountPart,
  CountsPublished,
  PublishMark,
  ReadModelWriter,
} from "../../src/ports/read-model.ts";
import { encodeRows } from "../../src/protocol/chunk.ts";
import type { FinaliseAnswer } from "../../src/protocol/correction-rpc.ts";
import type { AppendAnswer } from "../../src/protocol/object-rpc.ts";
import type { ShardSlots } from "../../src/protocol/rankings-rpc.ts";
import { calendarOf } from "./calendars.ts";
import { content, frameOf } from "./events.ts";
import { MemoryCountTables } from "./memory-count-tables.ts";
import { MemoryRawLog } from "./memory-raw-log.ts";
import { ObjectDisk } from "./object-disk.ts";

export interface TallyParts {
  readonly shard?: number;
  /** Where it flushes to, instead of `database`. */
  readonly counts?: CountTables;
  /** Of reporting days; UTC without it. */
  readonly timeZone?: string;
  /** Of an earlier life. */
  readonly disk?: ObjectDisk;
  /** Shared with others. */
  readonly rawLog?: MemoryRawLog;
  readonly database?: MemoryCountTables;
  /** Where it publishes; without it readers ask the Tally. */
  readonly toReaders?: Pick<ReadModelWriter, "publishCounts"> | undefined;
  /** Where it tells of suspicions, and what becomes of suspects; without it nobody is suspected. */
  readonly suspicions?: Pick<NonNullable<TallyDeps["suspicions"]>, "tables" | "mode"> | undefined;
  /** Whom it tells its slots; without it nobody. */
  readonly ranking?: Omit<RankingDeps, "background">;
}

/** A Tally over a disk that outlives it, and one source that hands it rows in step. */
export class TallyHarness {
  readonly disk: ObjectDisk;
  readonly problems: string[] = [];
  /** What it has begun that nobody waits for. */
  readonly background: Promise<void>[] = [];
  readonly database: MemoryCountTables;
  readonly rawLog: MemoryRawLog;
  /** Runs while the Tally waits for its disk, before what it wrote is safe. */
  beforeDurable: () => void = () => undefined;
  /** Runs when a call leaves the Tally, before what it wrote is safe. */
  beforeLeaving: () => Promise<void> | void = () => undefined;
  now: number;
  tally: Tally;
  readonly #shard: number;
  readonly #counts: CountTables;
  readonly #calendar: ReportingCalendar;
  readonly #toReaders: TallyParts["toReaders"];
  readonly #suspicions: TallyParts["suspicions"];
  readonly #ranking: TallyParts["ranking"];
  #life = 0;
  #lastRow = 0;
  #run = 0;

  constructor(now: number, { shard = 0, counts, timeZone = "UTC", ...shared }: TallyParts = {}) {
    this.now = now;
    this.disk = shared.disk ?? new ObjectDisk();
    this.rawLog = shared.rawLog ?? new MemoryRawLog();
    this.database = shared.database ?? new MemoryCountTables();
    this.#shard = shard;
    this.#counts = counts ?? this.database;
    this.#calendar = calendarOf(timeZone, now);
    this.#toReaders = shared.toReaders;
    this.#suspicions = shared.suspicions;
    this.#ranking = shared.ranking;
    this.tally = this.#wake();
  }

  /** The next life of the object over the same disk; everything written is kept. */
  evict(): void {
    this.disk.flush();
    this.tally = this.#wake();
  }

  /** As `evict`, but what was not flushed is lost. */
  crash(): void {
    this.tally = this.#wake();
  }

  /** One row with these events. */
  append(events: readonly ViewEvent[], source = "collector:TST:0:one"): AppendAnswer {
    return this.appendBytes(
      events.map((event) => frameOf(event)),
      source,
    );
  }

  /** A row each. */
  appendBytes(rows: readonly Uint8Array[], source = "collector:TST:0:one"): AppendAnswer {
    const follows = this.#lastRow;
    this.#lastRow += rows.length;
    const numbered = rows.map((frames, index) => ({ id: follows + 1 + index, frames }));
    const chunk = { source, follows, floor: 1, through: this.#lastRow, rows: encodeRows(numbered) };
    return this.tally.append(chunk);
  }

  /** A correction run of the hour that finds these counts, and 0 for every other content. */
  async settle(hour: number, found: Readonly<Record<string, number>>): Promise<FinaliseAnswer> {
    this.#run += 1;
    const run = this.now + this.#run;
    const through = await this.seal(hour, run);
    const cells = Object.entries(found).map(([id, counted]) => [content(id), counted] as const);
    return this.tally.correction.finalise({ hour, run, through, range: { from: "" }, cells });
  }

  /** @returns the position up to which the run may read. @throws when it is refused */
  async seal(hour: number, run: number): Promise<number> {
    const answer = await this.tally.correction.seal(hour, run);
    if (answer.status !== "sealed") throw new Error(`the run is refused: ${answer.status}`);
    return answer.through;
  }

  views(id: string): number | undefined {
    return this.tally.counts([content(id)]).counts[0]?.views;
  }

  stamp(id: string): string | undefined {
    return this.tally.counts([content(id)]).counts[0]?.stamp;
  }

  /** Every verdict in the log, in its order. */
  verdicts(): readonly Verdict[] {
    return this.disk.read("SELECT verdicts FROM log ORDER BY position").flatMap(({ verdicts }) => {
      if (!(verdicts instanceof ArrayBuffer)) throw new Error("verdicts are bytes");
      return [...new Uint8Array(verdicts)].map(verdictOf);
    });
  }

  #wake(): Tally {
    const synced = async () => {
      this.beforeDurable();
      this.disk.flush();
    };
    const report = (event: string) => void this.problems.push(event);
    this.#life += 1;
    const life = this.#life;
    const background = (work: Promise<void>) => void work.catch(unlessOver);
    const toReaders = this.#toReaders && { writer: this.#writerOf(this.#toReaders), background };
    const ranking = this.#ranking && { ...this.#rankingOf(this.#ranking), background };
    const tally = new Tally({
      name: `tally:${this.#shard}`,
      shard: this.#shard,
      counts: this.#counts,
      statistics: this.database,
      calendar: this.#calendar,
      store: tallyStore(this.disk.open(synced), this.now, () => undefined),
      rawLog: this.rawLog,
      clock: { now: () => this.now },
      random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
      log: { info: report, warn: report, error: report },
      toReaders,
      suspicions: this.#suspicions && {
        ...this.#suspicions,
        background: (work) => void this.background.push(work),
        shards: () => 1,
      },
      ranking,
      abort: (reason) => {
        if (life !== this.#life) throw OVER;
        this.crash();
        throw new Error(reason);
      },
    });
    tally.publish();
    return tally;
  }

  #writerOf(readModel: Pick<ReadModelWriter, "publishCounts">) {
    const leave = this.#leaving();
    return {
      publishCounts: (parts: readonly CountPart[], mark?: PublishMark): Promise<CountsPublished> =>
        leave(() => readModel.publishCounts(parts, mark)),
    };
  }

  #rankingOf({ rankings, contents, ...rest }: Omit<RankingDeps, "background">) {
    const leave = this.#leaving();
    return {
      ...rest,
      rankings: { publish: (slots: ShardSlots) => leave(() => rankings.publish(slots)) },
      contents: {
        findContents: (ids: readonly ContentId[]) => leave(() => contents.findContents(ids)),
      },
    };
  }

  /** A call leaves when all that was written before it is on disk, and nothing comes back to a life that is over. */
  #leaving() {
    const life = this.#life;
    return async <T>(call: () => Promise<T>): Promise<T> => {
      await this.beforeLeaving();
      if (life !== this.#life) return NEVER;
      this.disk.flush();
      try {
        const answer = await call();
        return life === this.#life ? answer : NEVER;
      } catch (cause) {
        if (life === this.#life) throw cause;
        return NEVER;
      }
    };
  }
}

/** Thrown into a life that is over by the storage it touches: nobody is left to hear of it. */
const OVER = new Error("this life is over");

const unlessOver = (cause: unknown): void => {
  if (cause !== OVER) throw cause;
};

const NEVER = new Promise<never>(() => undefined);
