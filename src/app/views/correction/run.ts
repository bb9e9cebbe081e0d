import type { ReportingCalendar } from "../../../core/views/reporting-day.ts";
import type { ShardSchedule } from "../../../core/views/shards.ts";
import type { Verdict } from "../../../core/views/verdict.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { CorrectionTables, ExclusionTables } from "../../../ports/correction-tables.ts";
import type { CorrectorStore, WaitingJob } from "../../../ports/corrector-store.ts";
import type { Correctors } from "../../../ports/correctors.ts";
import type { Log } from "../../../ports/log.ts";
import type { Random } from "../../../ports/random.ts";
import type { RawLog } from "../../../ports/raw-log.ts";
import type { StatisticsTables } from "../../../ports/statistics-tables.ts";
import type { Tallies } from "../../../ports/tallies.ts";
import type { HeldDeps } from "../held-lines.ts";
import type { AppliedRecord } from "./applied-records.ts";

export interface CorrectorDeps {
  readonly shard: number;
  readonly schedule: ShardSchedule;
  readonly calendar: ReportingCalendar;
  readonly store: CorrectorStore;
  readonly tallies: Pick<Tallies, "hours" | "seal" | "finalise" | "leave" | "rollUp">;
  readonly correctors: Pick<Correctors, "correct" | "carryOut">;
  readonly rawLog: Pick<RawLog, "read">;
  readonly statistics: Pick<StatisticsTables, "saveUniques">;
  readonly corrections: Pick<CorrectionTables, "record">;
  readonly exclusions: Pick<ExclusionTables, "during">;
  /** Absent, nothing is held. */
  readonly suspicions?: HeldDeps | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Tests choose smaller ones. */
  readonly limits?: Partial<CorrectionLimits>;
}

export interface CorrectionLimits {
  readonly eventsPerAlarm: number;
  readonly eventsPerSlice: number;
  readonly contentsPerChunk: number;
}

/** What a run has found out so far. */
export interface Findings {
  /** Lines read. */
  readonly events: number;
  /** Events that had been read before. */
  readonly copies: number;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** What decisions of operators did, by the numbers in the rows. */
  readonly records: readonly AppliedRecord[];
  /** Cells changed, and the sum of what was found. */
  readonly changed: number;
  readonly after: number;
  /** What was missing, for an operator. */
  readonly notes: readonly string[];
}

/** Position of the log and sum of cells when the hour was sealed. */
interface Sealed {
  readonly through: number;
  readonly before: number;
}

/** Where a run stands; what each phase needs is in it or in the store, so that any step may be the last of a life. */
export type Phase =
  | { readonly name: "begin" }
  | { readonly name: "read"; readonly sealed: Sealed }
  | {
      readonly name: "fold";
      readonly sealed: Sealed;
      /** First minute not folded, ms. */
      readonly minute: number;
      readonly slices: number;
    }
  | {
      readonly name: "walk";
      readonly sealed: Sealed;
      readonly slices: number;
      /** First content not finalised. */
      readonly from: string;
      /** Uniques and regions of the day are left to a correction of the day, which waits. */
      readonly isPartial: boolean;
    }
  | {
      readonly name: "end";
      readonly sealed: Sealed;
      readonly slices: number;
      readonly isPartial: boolean;
    }
  /** It cannot be done: nothing was changed. */
  | {
      readonly name: "give up";
      readonly outcome: "gap" | "superseded";
      readonly sealed: Sealed | undefined;
    };

interface Running {
  readonly job: WaitingJob;
  readonly run: number;
  readonly startedAt: number;
}

export interface HourRun extends Running {
  readonly kind: "hour";
  readonly phase: Phase;
  readonly findings: Findings;
}

export interface DayRun extends Running {
  readonly kind: "day";
  /** First content not written; `undefined`: the walk has not begun. */
  readonly from: string | undefined;
  readonly final: boolean;
}

export type Run = HourRun | DayRun;

/** What one step did: how many events it handled, and how the run goes on; `undefined`: it is over. */
export interface Step {
  readonly events: number;
  readonly run: Run | undefined;
  /** Commits with the run's new state. */
  save(): void;
}

export const nothing = (): void => undefined;
