import type { ContentId } from "../core/ids.ts";
import type { Stamp } from "../core/stamp.ts";
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

/** Counted views of a content on a reporting day from one region. */
export interface ViewRegion {
  readonly content: ContentId;
  readonly day: number;
  /** ISO 3166-1 alpha-2, `XX` where unknown. */
  readonly country: string;
  /** Empty where unknown; `OTHER_PLACE` for all regions with too few views to be told by themselves. */
  readonly region: string;
  /** The same of cities. */
  readonly city: string;
  readonly shard: number;
  readonly views: number;
  readonly final: boolean;
  readonly stamp: Stamp;
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
 * and regions by Correctors. The saves answer the statements they took; the reads give all shards' parts of
 * `from <= day < to` in the order of day and shard.
 */
export interface StatisticsTables {
  saveDays(rows: readonly ViewDay[]): Promise<number>;
  saveUniques(rows: readonly ViewUniques[]): Promise<number>;
  saveRegions(rows: readonly ViewRegion[]): Promise<number>;
  days(content: ContentId, from: number, to: number): Promise<readonly ViewDay[]>;
  uniques(content: ContentId, from: number, to: number): Promise<readonly ViewUniques[]>;
  /** Rows whose stamp is not that of the uniques of their day and shard are of an earlier run, and say nothing any more. */
  regions(content: ContentId, from: number, to: number): Promise<readonly ViewRegion[]>;
  /**
   * The contents with the most views: of all of them, and of each category that there is, as far as
   * `MOST_VIEWED_MAX_ROWS` goes, the first ones of every category first.
   * @param limit of each list
   */
  mostViewed(span: RankedSpan, limit: number): Promise<MostViewed>;
}
