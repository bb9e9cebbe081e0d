/** What Durable Objects answer. Expected outcomes are values: RPC does not keep error classes. */
import type { ContentId } from "../core/ids.ts";
import type { Stamp } from "../core/stamp.ts";
import type { Verdict } from "../core/views/verdict.ts";
import type { ViewEvent } from "../core/views/view-event.ts";
import type { Chunk } from "./chunk.ts";
import type { ArchivedObject, TallyCorrectionRpc } from "./correction-rpc.ts";

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
  /** Objects of the raw log that were deleted, and whether more may go that are left for the next night. */
  readonly raw: { readonly deleted: number; readonly left: boolean };
}

export interface TallyStatus {
  /** Log position. */
  readonly position: number;
  /** Positions up to which cells are saved here, and are in the database. */
  readonly checkpoint: number;
  readonly flushed: number;
  /** Position up to which the log lies in the archive, and bytes of frames above it. */
  readonly archived: number;
  readonly unarchivedBytes: number;
  /** Hours of which something came that no correction has settled. */
  readonly dirtyHours: number;
  /** Cells of hours before this one, ms, are moved into closed values, and these are in the database. */
  readonly closedThrough: number;
  readonly horizon: number;
  /** Collectors heard of in the last seconds. */
  readonly sources: number;
  readonly bytes: number;
  readonly windowEntries: number;
  readonly approximateMinutes: number;
}

/** A Tally that took the place of one whose storage was lost, and lets nobody in yet. */
export interface RestoringStatus {
  /** @see RestorePhase */
  readonly restoring: string;
}

/** Where an event is, or an hour alone, by whoever tells the event's owner what became of it. */
export interface TraceQuery {
  /** Start of the hour, ms. */
  readonly hour: number;
  /** Looked for in the log; of the hour. */
  readonly event?: ViewEvent;
}

export interface TracedObject extends ArchivedObject {
  /** The last correction that settled the hour has read it. */
  readonly settled: boolean;
}

/** An event as the log has it. */
export interface TracedEvent {
  /** What the fold said when it came in. */
  readonly verdict: Verdict;
  /** When the confirm arrived, ms. */
  readonly acceptedAt: number;
  /** Of a duplicate: when the view of the same visitor and content that counts instead was opened, ms, if the log has it. */
  readonly of?: number;
  /** As of objects. */
  readonly settled: boolean;
}

export interface TraceAnswer {
  /** Absent: the log has it not, or no more. */
  readonly event?: TracedEvent;
  /** A correction has settled the hour. */
  readonly settled: boolean;
  /** What the raw log has of the hour. */
  readonly objects: readonly TracedObject[];
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

/** Without the daily sums, which no Tally keeps yet. */
export interface TallyRpc extends TallyCorrectionRpc {
  append(chunk: Chunk): Promise<AppendAnswer>;
  counts(contents: readonly ContentId[]): Promise<CountsAnswer>;
  /** Saves the ledger and brings what changed to the database. */
  flush(): Promise<FlushAnswer>;
  /** Moves the cells of hours before `before`, ms, into closed values. */
  close(before: number): Promise<CloseAnswer>;
  status(): Promise<TallyStatus | RestoringStatus>;
  setStart(content: ContentId, views: number): Promise<void>;
  standing(content: ContentId): Promise<Standing>;
  /** Brings the published number to `views`, or to the truth. @returns how it stands then */
  restate(content: ContentId, views: number | undefined): Promise<Standing>;
  /** Reads the log a part at a time; others get their turns. The name `trace` is the platform's own. */
  traceView(query: TraceQuery): Promise<TraceAnswer>;
  /** Sends everything anew with the next flush and the next rolling up. */
  reflush(): Promise<void>;
}

export interface SaltsRpc {
  current(): Promise<readonly DaySalt[]>;
}
