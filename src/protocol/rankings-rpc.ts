/** What Tallies, the object of rankings and readers say to each other about the most viewed contents. */
import type { ContentId } from "../core/ids.ts";
import type { Stamp } from "../core/stamp.ts";

/** `realtime`: the last hour; the others: the reporting day, ISO week or month under way. */
export const RANKING_WINDOWS = ["realtime", "day", "week", "month"] as const;
export type RankingWindow = (typeof RANKING_WINDOWS)[number];
export type RankingPeriod = Exclude<RankingWindow, "realtime">;

/** A shard's views of a content in the last hour, and in the hour before that. */
export interface SlotViews {
  readonly content: ContentId;
  /** Null: none, or not known yet. */
  readonly category: string | null;
  /** In the slot under way and the 11 before it. */
  readonly views: number;
  /** In the 12 slots before these. */
  readonly before: number;
}

/** What a Tally tells of its shard: absolute numbers, of which those with the larger stamp stay. */
export interface ShardSlots {
  readonly shard: number;
  /** Rises with every telling. */
  readonly stamp: Stamp;
  /** Unix ms at which the numbers held. */
  readonly asOf: number;
  /** The slot under way then, @see slotOf */
  readonly slot: number;
  /** The first ones overall and of each category, each content once, in any order. */
  readonly contents: readonly SlotViews[];
}

/** The first ones of a list of a day, a week or a month; the first is the most viewed. */
export interface PeriodRanking {
  readonly window: RankingPeriod;
  /** Unix ms: of the last flush that is in it. */
  readonly asOf: number;
  /** The period's bounds, ms. */
  readonly from: number;
  readonly to: number;
  readonly all: readonly RankedContent[];
  readonly byCategory: readonly (readonly [string, readonly RankedContent[]])[];
}

export interface RankedContent {
  readonly content: ContentId;
  readonly views: number;
  /** In the window of the same length before; null: not among the first ones there. */
  readonly previousRank: number | null;
}

export interface ViewRanking {
  readonly window: RankingWindow;
  readonly asOf: number;
  /** What it is about, ms: `from <= at < to`. */
  readonly from: number;
  readonly to: number;
  /** The most viewed first, of equals the one whose id comes first by its bytes. */
  readonly contents: readonly RankedContent[];
}

/** The one object of rankings of contents. */
export interface ViewRankingsRpc {
  publish(slots: ShardSlots): Promise<void>;
  setPeriods(rankings: readonly PeriodRanking[]): Promise<void>;
  /**
   * @param limit 1 to 100 @param category all of them when absent
   * @returns undefined: nobody has told it anything of that window
   */
  views(window: RankingWindow, limit: number, category?: string): Promise<ViewRanking | undefined>;
}
