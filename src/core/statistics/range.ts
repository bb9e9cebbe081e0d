import { parseDate } from "../civil-date.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, STATS_DEFAULT_PERIODS, STATS_MAX_PERIODS } from "../limits.ts";
import { keptFrom } from "../partitions.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";
import {
  type Granularity,
  isEven,
  type LiveGranularity,
  makePeriods,
  type Periods,
} from "./periods.ts";

/** Periods by number, `first <= period < end`. */
export interface PeriodRange {
  readonly first: number;
  readonly end: number;
}

export interface RangeQuery<Kind extends LiveGranularity = Granularity> {
  readonly granularity: Kind;
  /**
   * `2026-11-21`: the day's beginning in the reporting time zone; with hours also `2026-11-21T09`, an hour of UTC, and
   * with windows of five minutes also `2026-11-21T09:05`.
   */
  readonly from?: string | undefined;
  /** The same; the range ends before it. */
  readonly to?: string | undefined;
}

export interface RangeRefusal {
  readonly status: "refused";
  readonly code: "invalid-date" | "empty-range" | "range-too-long" | "hours-not-kept";
  readonly detail: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

export type RangeResult<Kind extends LiveGranularity = Granularity> =
  | { readonly status: "ok"; readonly periods: Periods<Kind>; readonly range: PeriodRange }
  | RangeRefusal;

/**
 * The whole periods that a range touches; where an end is open, those up to and with the present one.
 * @param now ms
 * @param maxPeriods of a range
 */
export const readRange = <Kind extends LiveGranularity>(
  query: RangeQuery<Kind>,
  calendar: ReportingCalendar,
  now: number,
  maxPeriods: number = STATS_MAX_PERIODS[query.granularity],
): RangeResult<Kind> => {
  const { granularity } = query;
  const bounds = { from: undefined as Bound | undefined, to: undefined as Bound | undefined };
  for (const end of ["from", "to"] as const) {
    const text = query[end];
    if (text === undefined) continue;
    const bound = readBound(text, granularity);
    if (bound === undefined) return invalidDate(end, granularity);
    bounds[end] = bound;
  }
  const { from, to } = bounds;
  const periods = makePeriods(granularity, calendar);
  const end = to === undefined ? periods.at(now) + 1 : lastTouched(periods, to) + 1;
  const first =
    from === undefined ? end - STATS_DEFAULT_PERIODS[granularity] : holding(periods, from);
  if (first >= end || (from && to && momentOf(calendar, from) >= momentOf(calendar, to))) {
    return { status: "refused", code: "empty-range", detail: "from has to be earlier than to" };
  }
  return judge(periods, { first, end }, now, maxPeriods);
};

const judge = <Kind extends LiveGranularity>(
  periods: Periods<Kind>,
  range: PeriodRange,
  now: number,
  maxPeriods: number,
): RangeResult<Kind> => {
  const { granularity } = periods;
  if (range.end - range.first > maxPeriods) {
    return {
      status: "refused",
      code: "range-too-long",
      detail: `a range has at most ${maxPeriods} periods of granularity ${granularity}`,
      extra: { maxPeriods },
    };
  }
  const oldest = hoursKeptFrom(now);
  if (isEven(granularity) && periods.startOf(range.first) < oldest) {
    const keptSince = periods.boundOf(periods.at(oldest));
    return {
      status: "refused",
      code: "hours-not-kept",
      detail: `hours are kept since ${keptSince}; days for ever`,
      extra: { keptSince },
    };
  }
  return { status: "ok", periods, range };
};

/** @returns start of the oldest hour that is kept, ms; samples of streams are kept as long */
export const hoursKeptFrom = (now: number): number => keptFrom("view_hourly", now);

type Bound =
  /** Days since 1970-01-01. */
  | { readonly kind: "date"; readonly date: number }
  /** Ms; a period begins there. */
  | { readonly kind: "moment"; readonly atMs: number };

/** Outside these years zones have had other offsets than whole hours, and nobody has counted anything. */
const YEARS = /^2[01]\d\d-/;

/** What may stand behind the date's `T`, in UTC. */
const CLOCKS: Readonly<Record<"5min" | "hour", RegExp>> = {
  "5min": /^([01]\d|2[0-3])(?::([0-5][05]))?$/,
  hour: /^([01]\d|2[0-3])$/,
};

const readBound = (text: string, granularity: LiveGranularity): Bound | undefined => {
  const [day = ""] = text.split("T", 1);
  const date = YEARS.test(day) ? parseDate(day) : undefined;
  if (date === undefined) return undefined;
  if (text === day) return { kind: "date", date };
  if (!isEven(granularity)) return undefined;
  const clock = CLOCKS[granularity].exec(text.slice(day.length + 1));
  if (clock === null) return undefined;
  const [, hour, minute = 0] = clock;
  return {
    kind: "moment",
    atMs: date * DAY_MS + Number(hour) * HOUR_MS + Number(minute) * MINUTE_MS,
  };
};

type AnyPeriods = Periods<LiveGranularity>;

const holding = (periods: AnyPeriods, bound: Bound): number =>
  bound.kind === "moment" ? periods.at(bound.atMs) : periods.atDate(bound.date);

/** Short periods end where the bound begins; of weeks and months, the one that holds the day before is the last. */
const lastTouched = (periods: AnyPeriods, bound: Bound): number =>
  bound.kind === "moment" || isEven(periods.granularity)
    ? holding(periods, bound) - 1
    : periods.atDate(bound.date - 1);

const momentOf = (calendar: ReportingCalendar, bound: Bound): number =>
  bound.kind === "moment" ? bound.atMs : calendar.startOf(bound.date);

const MOMENTS: Readonly<Partial<Record<LiveGranularity, string>>> = {
  "5min": ", an hour of UTC like 2026-11-21T09, or five minutes of it like 2026-11-21T09:05",
  hour: ", or an hour of UTC like 2026-11-21T09",
};

const invalidDate = (end: string, granularity: LiveGranularity): RangeRefusal => ({
  status: "refused",
  code: "invalid-date",
  detail: `${end} has to be a date like 2026-11-21${MOMENTS[granularity] ?? ""}, of the years 2000 to 2199`,
  extra: { parameter: end },
});
