import type { CorrectionReason } from "../protocol/correction-rpc.ts";

/** What one run of correction did to an hour of a shard. */
export interface CorrectionRun {
  readonly shard: number;
  /** Start of the hour, ms. */
  readonly hour: number;
  /** Larger than that of any earlier run of the hour. */
  readonly run: number;
  readonly reason: CorrectionReason;
  /** `gap`: an object of its raw log is missing or not whole, so nothing was changed. */
  readonly outcome: "done" | "gap" | "superseded" | "failed";
  /** Ms. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Lines read from the raw log, copies among them. */
  readonly events: number;
  /** Sum of the hour's cells when the run began, and what it found; the same where nothing was changed. */
  readonly before: number;
  readonly after: number;
  /** Cells it changed. */
  readonly changed: number;
  /** Events by verdict and what was missing, as JSON. */
  readonly detail: string;
}

export interface CorrectionQuery {
  readonly limit: number;
  /** Runs that began before this, ms. */
  readonly before?: number | undefined;
}

export interface CorrectionTables {
  record(run: CorrectionRun): Promise<void>;
  /** The latest first. */
  list(query: CorrectionQuery): Promise<readonly CorrectionRun[]>;
}

/** Events that are not to count. */
export interface Exclusion {
  readonly kind: "visitor" | "network" | "browser" | "user";
  /** A visitor's or network's key as 16 hexadecimal digits, a browser family, a user's id. */
  readonly value: string;
  /** Absent: of any content. */
  readonly content?: string | undefined;
  /** From when, ms. */
  readonly fromAt: number;
  /** Until before when, ms; absent: for ever. */
  readonly toAt?: number | undefined;
}

export interface ExclusionTables {
  /** Those that stand and touch `from <= at < to`, ms. */
  during(from: number, to: number): Promise<readonly Exclusion[]>;
}
