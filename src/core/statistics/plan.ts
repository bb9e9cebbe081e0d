import { dateNumber } from "../civil-date.ts";
import { DAY_MS, HOUR_MS, STATS_HOURLY_DAYS, STATS_PROFILE_DAYS } from "../limits.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";
import { type Granularity, isEven, type LiveGranularity, type Periods } from "./periods.ts";
import { hoursKeptFrom, type PeriodRange } from "./range.ts";

/** `from <= … < to` */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Rows to read; absent: none of them. Hours in ms, days and uniques by number (20261121). */
interface RowSpans {
  readonly hours: Span | undefined;
  readonly days: Span | undefined;
  readonly uniques: Span | undefined;
}

/** Which periods an answer is of, whatever is counted in them. */
export interface Outline<Kind extends LiveGranularity = Granularity> {
  readonly periods: Periods<Kind>;
  readonly range: PeriodRange;
  /** The part of the range that is listed. */
  readonly page: PeriodRange;
  /** As many periods before the range; absent when their hours are gone. */
  readonly before: PeriodRange | undefined;
  /** Whether the hours of the day are told. */
  readonly profiled: boolean;
}

/** What was asked for: at most `limit` periods of a range. */
export interface Asked<Kind extends LiveGranularity = Granularity> {
  readonly periods: Periods<Kind>;
  readonly range: PeriodRange;
  readonly limit: number;
}

/** What one answer is made of. */
export interface ReportPlan extends Outline {
  /** Days from this one on, in days since 1970-01-01, are summed from hours, older ones from their sums. */
  readonly hourlyFrom: number;
  readonly rows: RowSpans;
}

/** @param now ms */
export const outlineOf = <Kind extends LiveGranularity>(
  { periods, range, limit }: Asked<Kind>,
  now: number,
): Outline<Kind> => {
  const page = { first: range.first, end: Math.min(range.end, range.first + limit) };
  const earlier = { first: range.first - (range.end - range.first), end: range.first };
  const kept = periods.startOf(earlier.first) >= hoursKeptFrom(now);
  const before = isEven(periods.granularity) && !kept ? undefined : earlier;
  const lengthMs = periods.startOf(range.end) - periods.startOf(range.first);
  const profiled = kept && lengthMs <= STATS_PROFILE_DAYS * DAY_MS + HOUR_MS;
  return { periods, range, page, before, profiled };
};

/** @param now ms */
export const planReport = (asked: Asked, calendar: ReportingCalendar, now: number): ReportPlan =>
  planOutline(outlineOf(asked, now), calendar, now);

/** Of days by themselves, compared with none. @param now ms */
export const planDays = (asked: Asked, calendar: ReportingCalendar, now: number): ReportPlan =>
  planOutline({ ...outlineOf(asked, now), before: undefined, profiled: false }, calendar, now);

const planOutline = (outline: Outline, calendar: ReportingCalendar, now: number): ReportPlan => {
  const hourlyFrom = calendar.dayOf(now).date - STATS_HOURLY_DAYS + 1;
  const plan = { ...outline, hourlyFrom };
  return { ...plan, rows: spansOf(plan, calendar) };
};

const spansOf = (plan: Omit<ReportPlan, "rows">, calendar: ReportingCalendar): RowSpans => {
  const { periods, range, page, before, profiled, hourlyFrom } = plan;
  const hourly = periods.granularity === "hour";
  const { first } = before ?? range;
  const firstMs = periods.startOf(first);
  const hoursFrom = hourly || profiled ? firstMs : Math.max(firstMs, calendar.startOf(hourlyFrom));
  const daysTo = Math.min(periods.firstDate(range.end), hourlyFrom);
  return {
    hours: spanOf(hoursFrom, periods.startOf(range.end)),
    days: hourly ? undefined : daySpan(periods.firstDate(first), daysTo),
    uniques:
      periods.granularity === "day"
        ? daySpan(periods.firstDate(page.first), periods.firstDate(page.end))
        : undefined,
  };
};

export const spanOf = (from: number, to: number): Span | undefined =>
  from < to ? { from, to } : undefined;

/** @param from and `to` in days since 1970-01-01 */
export const daySpan = (from: number, to: number): Span | undefined =>
  from < to ? { from: dateNumber(from), to: dateNumber(to) } : undefined;
