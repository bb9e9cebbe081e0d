/** Numbers of live viewers, summed over periods. */
import { dateOfNumber } from "../civil-date.ts";
import { HOUR_MS, LIVE_WINDOW_MS } from "../limits.ts";
import type { LiveDay, LiveSample } from "../live/lasting.ts";
import { type HistoryPlan, momentOf } from "./live-plan.ts";
import { isEven, type LiveGranularity, type Periods } from "./periods.ts";
import type { PeriodRange } from "./range.ts";

/** Rows as the plan wants them, in the order of their times. */
export interface HistoryRows {
  readonly samples: readonly LiveSample[];
  readonly days: readonly LiveDay[];
}

/** What rows come to; what they do not tell is 0. */
interface Viewing extends Omit<LiveDay, "day"> {
  /** Summed over the samples. */
  readonly viewers: number;
}

const NOBODY: Viewing = {
  viewers: 0,
  peak: 0,
  uniques: 0,
  sessions: 0,
  watchedSeconds: 0,
  liveSeconds: 0,
};

const plus = (a: Viewing, b: Viewing): Viewing => ({
  viewers: a.viewers + b.viewers,
  peak: Math.max(a.peak, b.peak),
  uniques: a.uniques + b.uniques,
  sessions: a.sessions + b.sessions,
  watchedSeconds: a.watchedSeconds + b.watchedSeconds,
  liveSeconds: a.liveSeconds + b.liveSeconds,
});

type Part = readonly [period: number, of: Viewing];

/** Short periods are made of samples, longer ones of days. */
export const partsOf = (
  { periods }: Pick<HistoryPlan, "periods">,
  { samples, days }: HistoryRows,
): readonly Part[] =>
  isEven(periods.granularity)
    ? samples.map(({ viewers, peak, ...sample }) => [
        periods.at(momentOf(sample)),
        { ...NOBODY, viewers, peak },
      ])
    : days.map(({ day, ...of }) => [periods.atDate(dateOfNumber(day)), { ...NOBODY, ...of }]);

/** @returns a sum for each period of the range, of nobody where there are no parts; other parts are passed over */
export const sumByPeriod = (
  { first, end }: PeriodRange,
  parts: Iterable<Part>,
): readonly Viewing[] => {
  const sums = new Array<Viewing>(end - first).fill(NOBODY);
  for (const [period, of] of parts) {
    const sum = sums[period - first];
    if (sum !== undefined) sums[period - first] = plus(sum, of);
  }
  return sums;
};

/** At the end of five minutes, and the most within. */
export type WindowNumbers = { readonly viewers: number; readonly peak: number };

/** `average` is the mean of the windows' numbers; `peak` the most that one stream had at once. */
export type ShortNumbers = { readonly average: number; readonly peak: number };

export type LongNumbers = {
  /** While live. */
  readonly average: number;
  readonly peak: number;
  /** Each day's distinct visitors of each stream, added up. */
  readonly dailyUniques: number;
  readonly sessions: number;
  readonly watchedSeconds: number;
  readonly liveSeconds: number;
};

/** Of a range: what can be compared with that of another. */
export type HistoryNumbers = ShortNumbers | LongNumbers;

/** @param sums of the range's periods */
export const numbersOf = (
  periods: Periods<LiveGranularity>,
  { first, end }: PeriodRange,
  sums: readonly Viewing[],
): HistoryNumbers => {
  const sum = sums.reduce(plus, NOBODY);
  if (!isEven(periods.granularity)) return longNumbers(sum);
  return shortNumbers(sum, (periods.startOf(end) - periods.startOf(first)) / LIVE_WINDOW_MS);
};

export const numbersOfPeriod = (
  granularity: LiveGranularity,
  sum: Viewing,
): WindowNumbers | HistoryNumbers => {
  switch (granularity) {
    case "5min":
      return { viewers: sum.viewers, peak: sum.peak };
    case "hour":
      return shortNumbers(sum, HOUR_MS / LIVE_WINDOW_MS);
    default:
      return longNumbers(sum);
  }
};

/** A window without a sample is one in which nobody watched. */
const shortNumbers = ({ viewers, peak }: Viewing, windows: number): ShortNumbers => ({
  average: viewers / windows,
  peak,
});

const longNumbers = (sum: Viewing): LongNumbers => {
  const { peak, uniques, sessions, watchedSeconds, liveSeconds } = sum;
  const average = liveSeconds === 0 ? 0 : watchedSeconds / liveSeconds;
  return { average, peak, dailyUniques: uniques, sessions, watchedSeconds, liveSeconds };
};
