import type { ContentId, StreamId } from "../core/ids.ts";
import type { Stamp } from "../core/stamp.ts";
import type { RankingWindow, ViewRanking } from "../protocol/rankings-rpc.ts";
import type { LiveNumbers, LiveRanking, RoomNumbers } from "../protocol/room-rpc.ts";

/** A content's number: the sum of its homes' parts. */
export interface ContentCount {
  readonly views: number;
  /** When the oldest of its parts was told, unix ms. */
  readonly asOf: number;
}

/**
 * Current numbers for readers. Every call throws a `ReadModelError` when the store fails, does not answer in time, or
 * cannot vouch for its answer yet; nothing changes by reading.
 */
export interface ReadModel {
  /** One call to a store however many there are. A content of which a part is missing is absent: it is not 0. */
  counts(contents: readonly ContentId[]): Promise<ReadonlyMap<ContentId, ContentCount>>;
  /**
   * @returns undefined: there is nothing to tell of it here, or only what is too old to be shown as live; from objects:
   * the stream was never started
   */
  stream(id: StreamId): Promise<RoomNumbers | undefined>;
  /** Live and syncing ones heard of in the last minute, the most viewers first, then the youngest. @param limit 1 to 100 @param category all of them when absent */
  live(limit: number, category?: string): Promise<LiveRanking>;
  /**
   * The most viewed contents.
   * @param limit 1 to 100 @param category all of them when absent
   * @returns undefined: there is nothing to tell of it here, or only what is not of now
   */
  views(window: RankingWindow, limit: number, category?: string): Promise<ViewRanking | undefined>;
}

/** A shard's part of a content's number, as its Tally publishes it. */
export interface CountPart {
  readonly content: ContentId;
  readonly shard: number;
  readonly views: number;
  readonly stamp: Stamp;
  /** The Tally's clock when it was told, ms. */
  readonly asOf: number;
}

/** What a room publishes of its stream. */
export type PublishedStream = LiveNumbers & Pick<RoomNumbers, "recent">;

/** A list of the most viewed contents, its first 100. */
export interface PublishedRanking {
  readonly window: RankingWindow;
  /** All of them when undefined. */
  readonly category: string | undefined;
  readonly ranking: ViewRanking;
}

/** How far a Tally was when it called. */
export interface PublishMark {
  readonly shard: number;
  /** Of the call: above that of every call before it. */
  readonly call: number;
  /** The latest call that was answered; 0: none. */
  readonly acknowledged: number;
  /** Version through which everything was published when it left. */
  readonly through: number;
}

/** What a store keeps of the latest mark. */
export interface KeptMark {
  readonly call: number;
  /** Version through which the store has everything, unless it falls back once more. */
  readonly through: number;
  /** The call met a store that had fallen back behind what was acknowledged, whether its Tally has heard so or not. */
  readonly isAfterLoss: boolean;
}

export interface CountsPublished {
  /** Changes when the store has lost what it had: whatever was published before has to be published again. */
  readonly incarnation: string;
  /**
   * The latest mark of the shard that it had until then. Below one that it acknowledged, it has fallen back to an older
   * state: a crash took the last moment, or a copy took its place. The mark of a call that met such a store says so
   * until a later call is answered, since its own answer may be lost.
   */
  readonly had: KeptMark | undefined;
}

export interface StreamPublished {
  readonly incarnation: string;
  /** What it had of the stream until then; with a stamp not below that of the publish it still has it. */
  readonly had: Stamp | undefined;
}

/**
 * Where objects publish numbers for readers who do not ask them. Absolute values, of which the one with the larger
 * stamp stays: safe to repeat and in any order. Each call is one call to the store, and throws a `ReadModelError` when
 * the store fails or does not answer in time; some of it may be done then.
 */
export interface ReadModelWriter {
  /** @param parts at most `PUBLISH_MAX_COUNTS` @param mark of a Tally that keeps account of what is published */
  publishCounts(parts: readonly CountPart[], mark?: PublishMark): Promise<CountsPublished>;
  publishStream(numbers: PublishedStream): Promise<StreamPublished>;
  /**
   * Of a list the one with the later `asOf` stays, of equals what came last. What is lost here nobody tells: lists are
   * published again from time to time.
   * @param lists each once, at most `VIEW_RANKINGS_MAX_LISTS`
   */
  publishRankings(lists: readonly PublishedRanking[]): Promise<void>;
}

/** The store said no, or nothing, or has not everything yet. Its message is for the log: no command, key or value of a store, of an object which it is. */
export class ReadModelError extends Error {
  override readonly name: string = "ReadModelError";
}

/** The store answers, and has not everything yet: nobody has to leave it alone for that. */
export class NotWholeYetError extends ReadModelError {
  override readonly name = "NotWholeYetError";
}
