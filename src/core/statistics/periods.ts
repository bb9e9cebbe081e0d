/**
 * Windows of five minutes, hours, days, ISO weeks and months, each kind numbered in a row, so that neighbours differ
 * by one: a range is two numbers, the range before it and the next page are arithmetic.
 */
import { dateName } from "../civil-date.ts";
import { DAY_MS, HOUR_MS, LIVE_WINDOW_MS } from "../limits.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";

export const GRANULARITIES = ["hour", "day", "week", "month"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** What histories of live viewers come in: also the windows that rooms sample in. */
export const LIVE_GRANULARITIES = ["5min", ...GRANULARITIES] as const;
export type LiveGranularity = (typeof LIVE_GRANULARITIES)[number];

/** Of one length, cut in UTC; all others are whole days of the reporting time zone. */
export const isEven = (granularity: LiveGranularity): granularity is "5min" | "hour" =>
  granularity === "5min" || granularity === "hour";

/** Dates are days since 1970-01-01. */
export interface Periods<Kind extends LiveGranularity = Granularity> {
  readonly granularity: Kind;
  /** @returns number of the period that holds the moment */
  at(atMs: number): number;
  /** @returns number of the period that holds the beginning of the day */
  atDate(date: number): number;
  /** @returns the day it begins on */
  firstDate(period: number): number;
  /** The period's first moment, and that of the next one, is when it begins and ends, ms. */
  startOf(period: number): number;
  /** `2026-11-21T09:05` and `2026-11-21T09` (of UTC), `2026-11-21`, `2026-W47`, `2026-11` */
  nameOf(period: number): string;
  /** Its beginning as a question may name it. */
  boundOf(period: number): string;
}

type Rule = Omit<Periods, "granularity">;

export const makePeriods = <Kind extends LiveGranularity>(
  granularity: Kind,
  calendar: ReportingCalendar,
): Periods<Kind> => ({ granularity, ...ruleOf(granularity, calendar) });

const ruleOf = (granularity: LiveGranularity, calendar: ReportingCalendar): Rule =>
  isEven(granularity)
    ? evenPeriods(EVEN[granularity], calendar)
    : wholeDays(DATES[granularity], calendar);

interface Even {
  readonly lengthMs: number;
  /** Of the moment it begins at, as ISO 8601 writes it. */
  readonly nameChars: number;
}

const EVEN: Readonly<Record<"5min" | "hour", Even>> = {
  "5min": { lengthMs: LIVE_WINDOW_MS, nameChars: "2026-11-21T09:05".length },
  hour: { lengthMs: HOUR_MS, nameChars: "2026-11-21T09".length },
};

const evenPeriods = ({ lengthMs, nameChars }: Even, calendar: ReportingCalendar): Rule => {
  const name = (period: number) => new Date(period * lengthMs).toISOString().slice(0, nameChars);
  return {
    at: (atMs) => Math.floor(atMs / lengthMs),
    atDate: (date) => calendar.startOf(date) / lengthMs,
    firstDate: (period) => calendar.dayOf(period * lengthMs).date,
    startOf: (period) => period * lengthMs,
    nameOf: name,
    boundOf: name,
  };
};

const wholeDays = ({ of, firstDate, name }: Dates, calendar: ReportingCalendar): Rule => ({
  at: (atMs) => of(calendar.dayOf(atMs).date),
  atDate: of,
  firstDate,
  startOf: (period) => calendar.startOf(firstDate(period)),
  nameOf: name,
  boundOf: (period) => dateName(firstDate(period)),
});

/** How days make up a kind of period. */
interface Dates {
  of(date: number): number;
  firstDate(period: number): number;
  name(period: number): string;
}

/** The first Monday after 1970-01-01, a Thursday, is four days later. */
const mondayOf = (week: number): number => week * 7 - 3;
const weekOf = (date: number): number => Math.floor((date + 3) / 7);

const monthOf = (date: number): number => {
  const day = new Date(date * DAY_MS);
  return day.getUTCFullYear() * 12 + day.getUTCMonth();
};

/** A week belongs to the year that its Thursday lies in, and week 1 is that of the year's first (ISO 8601). */
const weekName = (week: number): string => {
  const thursday = mondayOf(week) + 3;
  const year = new Date(thursday * DAY_MS).getUTCFullYear();
  const dayOfYear = thursday - Date.UTC(year, 0) / DAY_MS;
  return `${year}-W${`${Math.floor(dayOfYear / 7) + 1}`.padStart(2, "0")}`;
};

const firstOfMonth = (month: number): number =>
  Date.UTC(Math.floor(month / 12), month % 12) / DAY_MS;

const DATES: Readonly<Record<Exclude<Granularity, "hour">, Dates>> = {
  day: { of: (date) => date, firstDate: (period) => period, name: dateName },
  week: { of: weekOf, firstDate: mondayOf, name: weekName },
  month: {
    of: monthOf,
    firstDate: firstOfMonth,
    name: (month) => dateName(firstOfMonth(month)).slice(0, 7),
  },
};
