import type { PeriodRange } from "./range.ts";

/** What one shard counted of a content in a period, or in a part of it. */
export interface Part {
  readonly period: number;
  readonly shard: number;
  readonly views: number;
  /** Correction has settled it. */
  readonly final: boolean;
}

export interface Sum {
  readonly views: number;
  /** All parts are. */
  readonly final: boolean;
}

/** @returns a sum for each period of the range, of nothing where there are no parts; other parts are passed over */
export const sumByPeriod = ({ first, end }: PeriodRange, parts: Iterable<Part>): readonly Sum[] => {
  const sums: Sum[] = new Array<Sum>(end - first).fill({ views: 0, final: true });
  for (const { period, views, final } of parts) {
    const sum = sums[period - first];
    if (sum === undefined) continue;
    sums[period - first] = { views: sum.views + views, final: sum.final && final };
  }
  return sums;
};

export const sumOf = (sums: Iterable<Sum>): Sum => {
  let views = 0;
  let final = true;
  for (const sum of sums) {
    views += sum.views;
    final &&= sum.final;
  }
  return { views, final };
};

/** What one shard found of a content's visitors on a day. */
export interface UniquesPart {
  readonly day: number;
  readonly shard: number;
  readonly uniques: number;
  readonly final: boolean;
}

export interface Uniques {
  /** `null`: correction has not told any yet. */
  readonly uniques: number | null;
  readonly uniquesFinal: boolean;
}

/**
 * Visitors of one day. A shard that counted views and has not told its visitors keeps the number from being final;
 * nobody's views have no visitors, told or not.
 * @param sum the day's views, final once the day is settled
 * @param shards those that counted views of the day
 */
export const uniquesOf = (
  parts: readonly UniquesPart[],
  sum: Sum,
  shards: ReadonlySet<number>,
): Uniques => {
  if (parts.length === 0) {
    const none = sum.final && sum.views === 0;
    return { uniques: none ? 0 : null, uniquesFinal: none };
  }
  const settled = new Set(parts.filter(({ final }) => final).map(({ shard }) => shard));
  return {
    uniques: parts.reduce((total, { uniques }) => total + uniques, 0),
    uniquesFinal:
      sum.final && settled.size === parts.length && [...shards].every((it) => settled.has(it)),
  };
};
