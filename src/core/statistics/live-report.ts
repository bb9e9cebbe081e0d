import { LIVE_STALE_MS, LIVE_WINDOW_MS } from "../limits.ts";
import type { LiveSample } from "../live/lasting.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";
import { type Frame, frameOf, type Place, placeOf } from "./frame.ts";
import { profileOf } from "./hour-of-day.ts";
import { type HistoryPlan, momentOf } from "./live-plan.ts";
import type { LiveGranularity } from "./periods.ts";
import type { Span } from "./plan.ts";
import type { PeriodRange } from "./range.ts";
import {
  type HistoryNumbers,
  type HistoryRows,
  numbersOf,
  numbersOfPeriod,
  partsOf,
  sumByPeriod,
  type WindowNumbers,
} from "./viewing.ts";

export type HistoryPeriod = Place & (WindowNumbers | HistoryNumbers);

export interface HistoryComparison {
  readonly before: { readonly from: string; readonly to: string } & HistoryNumbers;
  /** Of each number: 0.5 is half as many again; `null` when there were none before. */
  readonly change: Readonly<Record<string, number | null>>;
  /** The range is not over, and what was before it is. */
  readonly partial?: true;
  /** The mean number of viewers while the clock showed that hour. */
  readonly hourOfDay?: readonly {
    readonly hour: number;
    readonly viewers: number;
    readonly before: number;
  }[];
}

export interface HistoryReport extends Frame<LiveGranularity> {
  /** Of all periods from `from` to `to`, listed here or not. */
  readonly total: HistoryNumbers;
  readonly periods: readonly HistoryPeriod[];
  readonly comparison?: HistoryComparison;
}

/** @param asOf what rooms told until then is in the rows, ms; 0: nobody knows */
export const makeHistory = (
  plan: HistoryPlan,
  rows: HistoryRows,
  calendar: ReportingCalendar,
  asOf: number,
): HistoryReport => {
  const { periods, range, page, before } = plan;
  const parts = partsOf(plan, rows);
  const sums = sumByPeriod(range, parts);
  const total = numbersOf(periods, range, sums);
  const compare = (earlier: PeriodRange): HistoryComparison => {
    const was = numbersOf(periods, earlier, sumByPeriod(earlier, parts));
    const [from, to] = [periods.boundOf(earlier.first), periods.boundOf(earlier.end)];
    return {
      before: { from, to, ...was },
      change: changeOf(total, was),
      ...(asOf < periods.startOf(range.end) && { partial: true }),
      ...(plan.profiled && { hourOfDay: hourOfDay(plan, earlier, rows, calendar, asOf) }),
    };
  };
  return {
    ...frameOf(plan, calendar, asOf),
    total,
    periods: sums.slice(0, page.end - page.first).map((sum, i) => {
      const place = placeOf(page.first + i, periods, calendar);
      return { ...place, ...numbersOfPeriod(periods.granularity, sum) };
    }),
    ...(before && { comparison: compare(before) }),
  };
};

const changeOf = (
  now: Readonly<Record<string, number>>,
  was: Readonly<Record<string, number>>,
): Readonly<Record<string, number | null>> =>
  Object.fromEntries(
    Object.entries(now).map(([name, value]) => {
      const before = was[name] ?? 0;
      return [name, before === 0 ? null : (value - before) / before];
    }),
  );

const hourOfDay = (
  { periods, range }: HistoryPlan,
  before: PeriodRange,
  { samples }: HistoryRows,
  calendar: ReportingCalendar,
  asOf: number,
) => {
  const toldUntil = asOf === 0 ? Number.POSITIVE_INFINITY : asOf - LIVE_STALE_MS;
  const profile = ({ first, end }: PeriodRange) => {
    const [from, to] = [periods.startOf(first), periods.startOf(end)];
    const over = Math.floor(toldUntil / LIVE_WINDOW_MS) * LIVE_WINDOW_MS;
    return meanByHour(samples, { from, to: Math.min(to, over) }, calendar);
  };
  const [now, then] = [profile(range), profile(before)];
  return now.map((viewers, hour) => ({ hour, viewers, before: then[hour] ?? 0 }));
};

/** Of windows that are still to come no hour has any: they make no mean smaller. */
const meanByHour = (
  samples: readonly LiveSample[],
  { from, to }: Span,
  calendar: ReportingCalendar,
): readonly number[] => {
  const watched = samples
    .map((sample) => ({ at: momentOf(sample), amount: sample.viewers }))
    .filter(({ at }) => from <= at && at < to);
  const windows = profileOf(windowsOf(from, to), calendar);
  return profileOf(watched, calendar).map((viewers, hour) => {
    const count = windows[hour] ?? 0;
    return count === 0 ? 0 : viewers / count;
  });
};

function* windowsOf(from: number, to: number) {
  for (let at = from; at < to; at += LIVE_WINDOW_MS) yield { at, amount: 1 };
}
