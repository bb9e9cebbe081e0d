import { compare, type Difference, type Evidence } from "./evidence.ts";
import type { Counts } from "./oracle.ts";

/** A promise, and whether the run kept it. */
export interface Verdict {
  readonly promise: string;
  readonly kept: boolean;
  /** What was found, in numbers. */
  readonly found: string;
  /** Where it was broken. */
  readonly examples: readonly string[];
}

/**
 * Realtime is told as it stands 15 minutes after each hour, before any correction. A content-hour is a content and a UTC
 * hour in which either side has a view; its accuracy is the smaller of told and true as a share of the larger, and
 * judged is the mean of all content-hours, so that one view that is missing weighs most where there are few. Beside it
 * are told the share of content-hours that are exact, and what all are off by as a share of all views.
 */
const REALTIME_MIN_ACCURACY = 0.999;

export const judge = (evidence: Evidence): readonly Verdict[] => {
  const { truth, realtime, cells, parts, rows, days, uniques, countries, regions, told } = evidence;
  const moved = evidence.movedUniques;
  const settledAtOnce = new Map([...cells].filter(([key, n]) => n > 0 && realtime.get(key) === n));
  const early = compare(truth.cells, realtime);
  const accuracy = early.nearness / Math.max(1, early.keys);
  return [
    {
      promise: "before correction a content-hour is 99.9 % accurate",
      kept: early.keys > 0 && accuracy >= REALTIME_MIN_ACCURACY,
      found: [
        `${percent(accuracy)}; exact are ${percent(early.equal / Math.max(1, early.keys))}`,
        `(${wrongOf(early)}), of the views ${percent(shareOfViews(early))}`,
      ].join(" "),
      examples: early.examples,
    },
    equal("after correction every cell is the oracle's", compare(truth.cells, cells)),
    equal("a cell's row in the database is the Tally's", compare(parts, rows)),
    equal("a day is the sum of its hours", compare(truth.days, days)),
    equal("uniques of a day are the oracle's", compare(without(truth.uniques, moved), uniques)),
    atLeast("where a content moved, the sum of its shards' uniques", truth.uniques, moved),
    equal("countries of a day are the oracle's", compare(truth.countries, countries)),
    equal("regions of a day are the oracle's", compare(unmoved(truth.regions, moved), regions)),
    equal(
      "where nothing was corrected, lines counted make the cell",
      compare(settledAtOnce, of(evidence.rawCounted, settledAtOnce)),
    ),
    equal("DuckDB counts the raw log anew to the same", compare(truth.cells, evidence.recounted)),
    equal("statistics tell what SQL finds", compare(of(evidence.summed, told), told)),
    none("everything is final at the end", evidence.provisional, []),
    none(
      "clients were told what the protocol says",
      evidence.unexpected.length,
      evidence.unexpected,
    ),
    none("nothing went wrong inside", evidence.errors.length, evidence.errors),
  ];
};

const equal = (promise: string, difference: Difference): Verdict => ({
  promise,
  kept: difference.keys > 0 && difference.equal === difference.keys,
  found: wrongOf(difference),
  examples: difference.examples,
});

/** A visitor who came before and after the move is in both: too many are told, and never too few. */
const atLeast = (promise: string, truth: Counts, found: Counts): Verdict => {
  const difference = compare(of(truth, found), found);
  const low = [...found].filter(([key, number]) => number < (truth.get(key) ?? 0));
  return {
    promise: `${promise} are never too few`,
    kept: low.length === 0,
    found: `${low.length} of ${found.size}; ${wrongOf(difference)}`,
    examples: low.slice(0, 5).map(([key, number]) => `${key}: ${number}`),
  };
};

/** The part of `counts` that has the keys of `others`, and the part that has not. */
const of = (counts: Counts, others: Counts): Counts =>
  new Map([...counts].filter(([key]) => others.has(key)));
const without = (counts: Counts, others: Counts): Counts =>
  new Map([...counts].filter(([key]) => !others.has(key)));

/** @param places by `day content …` @param moved by `day content` */
const unmoved = (places: Counts, moved: Counts): Counts =>
  new Map([...places].filter(([key]) => !moved.has(key.split(" ").slice(0, 2).join(" "))));

const none = (promise: string, count: number, all: readonly string[]): Verdict => ({
  ...{ promise, kept: count === 0, found: `${count}`, examples: all.slice(0, 5) },
});

const wrongOf = ({ keys, equal: exact, offBy }: Difference): string =>
  `${keys - exact} of ${keys} wrong, by ${offBy} together`;

/** What is counted too much is as wrong as what is missing. */
const shareOfViews = ({ offBy, expected }: Difference): number => 1 - offBy / Math.max(1, expected);

const percent = (share: number): string => `${(100 * share).toFixed(4)} %`;
