import type { ExclusionEffect, ExclusionKind } from "../core/views/exclusion.ts";
import type { CorrectionReason } from "../protocol/correction-rpc.ts";
import type { AuditEntry } from "./database.ts";

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

/** Events that are not to count, or are to count whatever the rules said. */
export interface Exclusion {
  readonly effect: ExclusionEffect;
  readonly kind: ExclusionKind;
  /**
   * A visitor's or network's key as 16 hexadecimal digits, a browser's family, a kind of network, a content, a rule
   * with its version (`bot@1`), a user's id.
   */
  readonly value: string;
  /** Absent: of any content. */
  readonly content?: string | undefined;
  /** From when, ms. */
  readonly fromAt: number;
  /** Until before when, ms; absent: for ever. */
  readonly toAt?: number | undefined;
}

/** An exclusion as correction needs it. */
export interface StandingExclusion extends Exclusion {
  /** Ids of later ones sort behind it. */
  readonly id: string;
}

/** An exclusion with who made it and why; taken back, never deleted. */
export interface ExclusionRecord extends StandingExclusion {
  readonly reason: string;
  readonly actor: string;
  /** Ms. */
  readonly createdAt: number;
  /** What it was decided about. */
  readonly suspicion?: string | undefined;
  readonly revoked?:
    | { readonly at: number; readonly by: string; readonly reason: string }
    | undefined;
}

export interface ExclusionQuery {
  readonly limit: number;
  /** Made before this, ms. */
  readonly before?: number | undefined;
}

/** A write keeps the audit entry too, both or neither, and is safe to repeat. */
export interface ExclusionTables {
  /** Those that stand and touch `from <= at < to`, ms. */
  during(from: number, to: number): Promise<readonly StandingExclusion[]>;
  find(id: string): Promise<ExclusionRecord | undefined>;
  /** A record of an id that there is stays as it is, and what would be kept of the deed is not. */
  put(record: ExclusionRecord, audit: AuditEntry): Promise<void>;
  /** @returns as it is then; one that was taken back before stays so. `undefined`: there is none */
  revoke(
    id: string,
    revoked: NonNullable<ExclusionRecord["revoked"]>,
    audit: AuditEntry,
  ): Promise<ExclusionRecord | undefined>;
  /** The youngest first, those taken back too. */
  list(query: ExclusionQuery): Promise<readonly ExclusionRecord[]>;
}
