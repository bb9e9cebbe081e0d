/** What the objects of live streams are asked and answer. Expected outcomes are values: RPC does not keep error classes. */
import type { StreamId } from "../core/ids.ts";
import type { LiveDay, LiveSample } from "../core/live/lasting.ts";
import type { Stamp } from "../core/stamp.ts";
import type { StreamStatus } from "./live-messages.ts";

/** A viewer is counted; an observer gets the numbers and is not. */
export type Role = "viewer" | "observer";

/** Who comes. The room turns both texts into keys with its own salt at once; they are never stored. */
export interface Arrival {
  readonly role: Role;
  /** Of a signed user, or of a client within a network and a browser. */
  readonly identity: string;
  readonly network: string;
}

/** What a room has to know of its stream. */
export interface StreamStart {
  readonly stream: StreamId;
  readonly broadcaster: string;
  readonly category: string | null;
  /** Unix ms. */
  readonly startedAt: number;
}

export interface RoomNumbers {
  readonly stream: StreamId;
  readonly status: StreamStatus;
  readonly viewers: number;
  readonly peak: number;
  /** Sum over the reporting days since the start of each day's distinct visitors. */
  readonly total: number;
  readonly uniqueToday: number;
  /** Visitors who joined in the last two minutes. */
  readonly recent: number;
  readonly startedAt: number;
  /** Unix ms at which the numbers held. */
  readonly asOf: number;
  readonly stamp: Stamp;
}

/** `unopened`: the stream was never started. */
export type NumbersAnswer =
  | ({ readonly outcome: "numbers" } & RoomNumbers)
  | { readonly outcome: "unopened" };

export type HeartbeatAnswer =
  | ({ readonly outcome: "counted" } & RoomNumbers)
  | { readonly outcome: "ended" }
  | { readonly outcome: "crowded" };

/** The header in which the Worker tells a room whom an upgrade is for: base64url of the JSON of an `Arrival`. */
export const ARRIVAL_HEADER = "X-Headcount-Arrival";

export interface RoomRpc {
  /** An upgrade with `ARRIVAL_HEADER`: 101, or a socket that is closed at once with a code that says why. */
  fetch(request: Request): Promise<Response>;
  /** Idempotent; a start after the end begins the stream anew. */
  open(start: StreamStart): Promise<RoomNumbers>;
  /** Idempotent; `unopened` when there is nothing to end. */
  end(): Promise<NumbersAnswer>;
  numbers(): Promise<NumbersAnswer>;
  /** A sign of life without a socket: a lease in the same set of viewers. */
  heartbeat(arrival: Arrival): Promise<HeartbeatAnswer>;
  /** Counts the viewers once more, now. What seems wrong is looked at again before anything is done about it. */
  reconcile(): Promise<ReconcileAnswer>;
  /**
   * Somebody who came with tickets for this user is shown out, and nothing of them leaves the room any more but
   * numbers they are one of. Again is safe.
   * @param user the site's own id, as a ticket says it
   */
  forgetUser(user: string): Promise<ForgetAnswer>;
}

export type ForgetAnswer =
  /** The salt is gone, or there never was one: nobody can tell who was here. */
  | { readonly outcome: "anonymous" }
  | {
      readonly outcome: "forgotten";
      /** Their key under the room's salt, whether or not they were here: what has left the room is found by it. */
      readonly visitor: string;
      /** What the room still had of them. */
      readonly connections: number;
      readonly sessions: number;
    };

/** Who reconciles hears what was found; what comes of it is in the records. */
export type ReconcileAnswer =
  | { readonly outcome: "unopened" | "ended" }
  /** The number shown and what was counted from the connections themselves. */
  | {
      readonly outcome: "even" | "uneven" | "held";
      readonly shown: number;
      readonly counted: number;
    };

/** The last numbers of a stream. */
export interface LiveNumbers {
  readonly stream: StreamId;
  readonly broadcaster: string;
  readonly category: string | null;
  readonly status: StreamStatus;
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
  readonly uniqueToday: number;
  /** Ms. */
  readonly startedAt: number;
  /** When the numbers were counted, ms. */
  readonly asOf: number;
  readonly stamp: Stamp;
}

/** A stream as the list of live streams has it, with what has to reach the database through the list. */
export interface LiveEntry extends LiveNumbers {
  /** Those the list has not called saved, the oldest first and at most `LIVE_SAMPLES_PER_PUBLISH`. */
  readonly samples: readonly LiveSample[];
  /** The present day and those before that may have changed since they were saved, the oldest first. */
  readonly days: readonly LiveDay[];
}

export interface PublishAnswer {
  /** What the list had of the stream until then; with a stamp not below that of the entry it still has it. */
  readonly had: Pick<LiveNumbers, "stamp" | "asOf" | "viewers"> | undefined;
  readonly saved: SavedThrough;
}

/** How much of a stream's entries is in the database; zeros: nothing, or it is not known. */
export interface SavedThrough {
  /** `asOf` of the last entry that was saved, ms. */
  readonly asOf: number;
  /** `recordedAt` of the last sample that was saved, ms. */
  readonly sampledThrough: number;
}

export interface ListFlushed {
  readonly rows: number;
  readonly statements: number;
}

export interface LiveRanking {
  /** Unix ms. */
  readonly asOf: number;
  /** Live and syncing ones heard of in the last minute, the most viewers first, then the youngest. */
  readonly streams: readonly LiveNumbers[];
}

export interface RankingsRpc {
  /** Keeps the entry with the larger stamp. */
  publish(entry: LiveEntry): Promise<PublishAnswer>;
  /** @param category all of them when absent */
  live(limit: number, category?: string): Promise<LiveRanking>;
  /**
   * Brings to the database what is not there yet. A call while a flush runs waits for it and then flushes what has come
   * since: what was published before the call is in the database after it.
   * @throws when the database fails; what was written by then is not written again
   */
  flush(): Promise<ListFlushed>;
}
