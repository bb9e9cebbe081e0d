import type { ContentId } from "../core/ids.ts";
import type { Stamp } from "../core/stamp.ts";
import type { PlaceViews } from "../core/statistics/places.ts";
import type { RankedSpan } from "../core/statistics/ranked-span.ts";

/** A shard's part of a content on a reporting day: the sum of its cells. */
export interface ViewDay {
  readonly content: ContentId;
  /** Reporting day as a number: 20261121. */
  readonly day: number;
  readonly shard: number;
  readonly views: number;
  /** Every cell in it is final. */
  readonly final: boolean;
  readonly stamp: Stamp;
}

/** Distinct visitors with a counted view of a content on a reporting day. */
export interface ViewUniques {
  readonly content: ContentId;
  readonly day: number;
  readonly shard: number;
  readonly uniques: number;
  /** The day is over and all of it corrected. */
  readonly final: boolean;
  readonly stamp: Stamp;
}

/** All that one run of correction knows of a content, a day and a shard. */
export interface CorrectedDay extends ViewUniques {
  /** Counted views by place, each place once and folded, @see foldPlaces */
  readonly places: readonly PlaceViews[];
}

export interface ViewsOfContent {
  readonly content: ContentId;
  readonly views: number;
}

/** Lists in the order of views, then of ids by their bytes; without contents that have none. */
export interface MostViewed {
  readonly all: readonly ViewsOfContent[];
  readonly byCategory: ReadonlyMap<string, readonly ViewsOfContent[]>;
}

/**
 * Days of contents: absolute values, of which the one with the larger stamp stays. Days are written by Tallies, uniques
 * and places by Correctors. The saves answer the statements they took; the reads of days and uniques give all shards'
 * parts of `from <= day < to` in the order of day and shard.
 */
export interface StatisticsTables {
  saveDays(rows: readonly ViewDay[]): Promise<number>;
  /**
   * Uniques and places of a row become visible together, and the places are then all there are: those of an earlier run
   * that are not named again say nothing any more. A row whose stamp is smaller than the one that stands changes nothing
   * that can be read.
   */
  saveUniques(rows: readonly CorrectedDay[]): Promise<number>;
  days(content: ContentId, from: number, to: number): Promise<readonly ViewDay[]>;
  uniques(content: ContentId, from: number, to: number): Promise<readonly ViewUniques[]>;
  /**
   * Sums over the days of `from <= day < to` and all shards, each place once, in any order. Each day of a shard is as
   * one run of correction left it.
   */
  regions(content: ContentId, from: number, to: number): Promise<readonly PlaceViews[]>;
  /**
   * The contents with the most views: of all of them, and of each category that there is, as far as
   * `MOST_VIEWED_MAX_ROWS` goes, the first ones of every category first.
   * @param limit of each list
   */
  mostViewed(span: RankedSpan, limit: number): Promise<MostViewed>;
}
