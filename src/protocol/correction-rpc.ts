/** What Tally, Corrector and Worker say to each other about correction. Hours are named by their start, unix ms. */
import type { ContentId } from "../core/ids.ts";
import type { ContentRange } from "../core/views/finalise.ts";

/** An object of the raw log. */
export interface ArchivedObject {
  readonly name: string;
  /** Lines in it. */
  readonly events: number;
}

export type SealAnswer =
  | {
      readonly status: "sealed";
      /** Log position up to which all there is of the hour lies in `objects`. */
      readonly through: number;
      readonly objects: readonly ArchivedObject[];
      /** Sum of the hour's cells as they stood at the sealing. */
      readonly views: number;
    }
  /** Hours before this one are closed for good. */
  | { readonly status: "closed"; readonly through: number }
  /**
   * Some of the hour went with a storage that was lost: its cells are better than what a fold would find. `leave` with
   * `through` settles it as it is, until more of it comes.
   */
  | { readonly status: "incomplete"; readonly through: number; readonly views: number }
  /** A later run has been here. */
  | { readonly status: "superseded"; readonly run: number };

export interface FinaliseRequest {
  readonly hour: number;
  readonly run: number;
  /** As sealed. */
  readonly through: number;
  /** Without a `to` it is the run's last chunk, and settles the hour. */
  readonly range: ContentRange;
  readonly cells: readonly (readonly [ContentId, number])[];
}

export type FinaliseAnswer =
  /** `changed`: cells changed by all chunks of this run so far, however often each was sent. `dirty`: more has come since. */
  | { readonly status: "done"; readonly changed: number; readonly dirty: boolean }
  | { readonly status: "superseded"; readonly run: number }
  | { readonly status: "closed"; readonly through: number }
  /** The run claims to have read further than the log goes. */
  | { readonly status: "ahead"; readonly position: number }
  /** What came behind `through` is no longer in the log: seal again. */
  | { readonly status: "stale"; readonly trimmed: number };

export interface CorrectableHour {
  readonly hour: number;
  /** Something came that no correction has settled. */
  readonly dirty: boolean;
}

/** The part of a Tally that its Corrector speaks to. */
export interface TallyCorrectionRpc {
  /** Hours that hold events and are not closed, in ascending order. */
  hours(): Promise<readonly CorrectableHour[]>;
  /** Archives the log and fixes what run `run` of the hour reads. */
  seal(hour: number, run: number): Promise<SealAnswer>;
  finalise(request: FinaliseRequest): Promise<FinaliseAnswer>;
  /** Ends a run that cannot finalise: its hour stays provisional, and is dirty again only when more of it comes. */
  leave(hour: number, run: number, through: number): Promise<void>;
  /** Brings the daily sums of contents whose cells changed to the database. */
  rollUp(): Promise<{ readonly rows: number }>;
}

/** Why an hour is corrected. */
export type CorrectionReason =
  | "hourly"
  | "daily"
  | "late"
  | "carry"
  | "manual"
  | "rebuild"
  | "exclusion";

export type CorrectionOrder =
  /** Every dirty hour that has been over for a while. */
  | { readonly kind: "due" }
  /** All hours of `from <= hour < to` that hold events, dirty or not. */
  | {
      readonly kind: "hours";
      readonly from: number;
      readonly to: number;
      readonly reason: CorrectionReason;
    }
  /** Dirty hours of the reporting day, then its uniques and regions, final. @see ReportingDay */
  | { readonly kind: "day"; readonly startMs: number; readonly endMs: number };

export interface CorrectionQueued {
  /** Hours and days that wait, this order's among them. */
  readonly waiting: number;
}

/**
 * `ready`: the counted views of the hour's last minute, in the format of `src/protocol/carry.ts`.
 * `none`: the hour has no events here, or never gets a result. `pending`: ask again later.
 */
export type CarryAnswer =
  | { readonly status: "ready"; readonly carry: Uint8Array }
  | { readonly status: "none" }
  | { readonly status: "pending" };

export interface CorrectorStatus {
  readonly waiting: number;
  /** What it works on, absent when it rests. */
  readonly running?: {
    readonly hour: number;
    readonly run: number;
    readonly phase: string;
  };
  /** Why the last attempt failed, until one succeeds. */
  readonly failure?: string;
  readonly bytes: number;
}

export interface CorrectorRpc {
  correct(order: CorrectionOrder): Promise<CorrectionQueued>;
  carryOut(hour: number): Promise<CarryAnswer>;
  status(): Promise<CorrectorStatus>;
}
