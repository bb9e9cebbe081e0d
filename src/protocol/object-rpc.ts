/** What Durable Objects answer. Expected outcomes are values: RPC does not keep error classes. */
import type { ContentId } from "../core/ids.ts";
import type { Stamp } from "../core/stamp.ts";
import type { ContentRange } from "../core/views/finalise.ts";
import type { Chunk } from "./chunk.ts";

/** `committed`: on disk, so it will be counted whatever dies next. `overloaded`: nothing was taken; try another. */
export type CollectAnswer = { readonly status: "committed" } | { readonly status: "overloaded" };

export interface AppendAnswer {
  /** Last row taken from the source: where it goes on from, forward or back. */
  readonly mark: number;
  /** How long to wait before the next chunk, ms. */
  readonly nextAfterMs: number;
}

export interface PublishedCount {
  readonly content: ContentId;
  readonly views: number;
  readonly stamp: Stamp;
}

export interface CountsAnswer {
  /** The Tally's clock, ms. */
  readonly asOf: number;
  readonly counts: readonly PublishedCount[];
}

export interface SealAnswer {
  /** Everything the Tally will ever say of the hour up to now lies at or below this log position. */
  readonly through: number;
  /** Events of the hour in the log up to there, copies and uncounted ones included. */
  readonly events: number;
}

export interface FinaliseRequest {
  /** Start of the hour, ms. */
  readonly hour: number;
  readonly run: number;
  readonly through: number;
  readonly range: ContentRange;
  readonly cells: readonly (readonly [ContentId, number])[];
}

export type FinaliseAnswer =
  | { readonly status: "done"; readonly changed: number; readonly dirty: boolean }
  /** A later run has been here. */
  | { readonly status: "superseded"; readonly run: number }
  /** The hour lies before this one, ms; what does is closed for good. */
  | { readonly status: "closed"; readonly through: number }
  /** The run claims to have read further than the log goes. */
  | { readonly status: "ahead"; readonly position: number };

export interface FlushAnswer {
  /** Version up to which everything is in the database now. */
  readonly flushed: number;
  readonly rows: number;
  readonly statements: number;
  readonly status: TallyStatus;
}

/** A shard's part of a content's number. */
export interface Standing {
  /** Something was counted, brought along or restated here. */
  readonly known: boolean;
  readonly published: number;
  /** What is known to be true, restatements apart. */
  readonly truth: number;
}

export interface CloseAnswer {
  /** As in the status. */
  readonly closedThrough: number;
  /** Cells moved. */
  readonly cells: number;
  /** Statements to the database. */
  readonly statements: number;
}

export interface TallyStatus {
  /** Log position. */
  readonly position: number;
  /** Positions up to which cells are saved here, and are in the database. */
  readonly checkpoint: number;
  readonly flushed: number;
  /** Cells of hours before this one, ms, are moved into closed values, and these are in the database. */
  readonly closedThrough: number;
  readonly horizon: number;
  /** Collectors heard of in the last seconds. */
  readonly sources: number;
  readonly bytes: number;
  readonly windowEntries: number;
  readonly approximateMinutes: number;
}

export interface DaySalt {
  /** Name of the reporting day. */
  readonly day: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly salt: Uint8Array;
}

/** Methods the objects offer, as their stubs are called. */
export interface CollectorRpc {
  append(frames: Uint8Array): Promise<CollectAnswer>;
}

export interface TallyRpc {
  append(chunk: Chunk): Promise<AppendAnswer>;
  counts(contents: readonly ContentId[]): Promise<CountsAnswer>;
  /** Saves the ledger and brings what changed to the database. */
  flush(): Promise<FlushAnswer>;
  /** Moves the cells of hours before `before`, ms, into closed values. */
  close(before: number): Promise<CloseAnswer>;
  status(): Promise<TallyStatus>;
  setStart(content: ContentId, views: number): Promise<void>;
  standing(content: ContentId): Promise<Standing>;
  /** Brings the published number to `views`, or to the truth. @returns how it stands then */
  restate(content: ContentId, views: number | undefined): Promise<Standing>;
  /** Sends everything anew with the next flush and the next rolling up. */
  reflush(): Promise<void>;
  /** Brings the daily sums of contents whose cells changed to the database. */
  rollUp(): Promise<{ readonly rows: number }>;
  seal(hour: number): Promise<SealAnswer>;
  finalise(request: FinaliseRequest): Promise<FinaliseAnswer>;
}

export interface SaltsRpc {
  current(): Promise<readonly DaySalt[]>;
}
