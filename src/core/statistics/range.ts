import { parseDate } from "../civil-date.ts";
import { DAY_MS, HOUR_MS, STATS_DEFAULT_PERIODS, STATS_MAX_PERIODS } from "../limits.ts";
import { keptFrom } from "../partitions.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";
import { type Granularity, makePeriods, type Periods } from "./periods.ts";

/** Periods by number, `first <= period < end`. */
export interface PeriodRange {
  readonly first: number;
  readonly end: number;
}

export interface RangeQuery {
  readonly granularity: Granularity;
  /** `2026-11-21`: the day's beginning in the reporting time zone; with hours also `2026-11-21T09`, an hour of UTC. */
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

export type RangeResult =
  | { readonly status: "ok"; readonly periods: Periods; readonly range: PeriodRange }
  | RangeRefusal;

/**
 * The whole periods that a range touches; where an end is open, those up to and with the present one.
 * @param now ms
 */
export const readRange = (
  query: RangeQuery,
  calendar: ReportingCalendar,
  now: number,
): RangeResult => {
  const { granularity } = query;
  const bounds = { from: undefined as Bound | undefined, to: undefined as Bound | undefined };
  for (const end of ["from", "to"] as const) {
    const text = query[end];
    if (text === undefined) continue;
    const bound = readBound(text, granularity);
    if (bound === undefined) return invalidDate(end, text, granularity);
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
  return judge(periods, { first, end }, now);
};

const judge = (periods: Periods, range: PeriodRange, now: number): RangeResult => {
  const { granularity } = periods;
  const maxPeriods = STATS_MAX_PERIODS[granularity];
  if (range.end - range.first > maxPeriods) {
    return {
      status: "refused",
      code: "range-too-long",
      detail: `with granularity=${granularity}, a range has at most ${maxPeriods} periods`,
      extra: { maxPeriods },
    };
  }
  const oldest = hoursKeptFrom(now);
  if (granularity === "hour" && periods.startOf(range.first) < oldest) {
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

/** @returns start of the oldest hour that is kept, ms */
export const hoursKeptFrom = (now: number): number => keptFrom("view_hourly", now);

type Bound =
  /** Days since 1970-01-01. */
  | { readonly kind: "date"; readonly date: number }
  /** Hours since 1970-01-01T00 of UTC. */
  | { readonly kind: "hour"; readonly hour: number };

/** Outside these years zones have had other offsets than whole hours, and nobody has counted anything. */
const YEARS = /^2[01]\d\d-/;

const readBound = (text: string, granularity: Granularity): Bound | undefined => {
  const [day = "", hour] = text.split("T", 2);
  const date = YEARS.test(day) ? parseDate(day) : undefined;
  if (date === undefined) return undefined;
  if (text === day) return { kind: "date", date };
  if (granularity !== "hour" || text !== `${day}T${hour}`) return undefined;
  if (hour === undefined || !/^(?:[01]\d|2[0-3])$/.test(hour)) return undefined;
  return { kind: "hour", hour: (date * DAY_MS) / HOUR_MS + Number(hour) };
};

const holding = (periods: Periods, bound: Bound): number =>
  bound.kind === "hour" ? bound.hour : periods.atDate(bound.date);

/** Hours end where the bound begins; of weeks and months, the one that holds the day before is the last. */
const lastTouched = (periods: Periods, bound: Bound): number => {
  if (bound.kind === "hour") return bound.hour - 1;
  if (periods.granularity === "hour") return periods.atDate(bound.date) - 1;
  return periods.atDate(bound.date - 1);
};

const momentOf = (calendar: ReportingCalendar, bound: Bound): number =>
  bound.kind === "hour" ? bound.hour * HOUR_MS : calendar.startOf(bound.date);

const invalidDate = (end: string, text: string, granularity: Granularity): RangeRefusal => {
  const forms =
    granularity === "hour" ? "2026-11-21, or an hour of UTC like 2026-11-21T09" : "2026-11-21";
  return {
    status: "refused",
    code: "invalid-date",
    detail: `${end} has to be a date like ${forms}, of the years 2000 to 2199`,
    extra: { parameter: end, value: text.slice(0, 32) },
  };
};
