/**
 * Hours, days, ISO weeks and months, each kind numbered in a row, so that neighbours differ by one: a range is two
 * numbers, the range before it and the next page are arithmetic.
 */
import { dateName } from "../civil-date.ts";
import { DAY_MS, HOUR_MS } from "../limits.ts";
import { formatHour } from "../views/hour-text.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";

export const GRANULARITIES = ["hour", "day", "week", "month"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** Dates are days since 1970-01-01. */
export interface Periods {
  readonly granularity: Granularity;
  /** @returns number of the period that holds the moment */
  at(atMs: number): number;
  /** @returns number of the period that holds the beginning of the day */
  atDate(date: number): number;
  /** @returns the day it begins on */
  firstDate(period: number): number;
  /** The period's first moment, and that of the next one, is when it begins and ends, ms. */
  startOf(period: number): number;
  /** `2026-11-21T09` (of UTC), `2026-11-21`, `2026-W47`, `2026-11` */
  nameOf(period: number): string;
  /** Its beginning as a question may name it. */
  boundOf(period: number): string;
}

export const makePeriods = (granularity: Granularity, calendar: ReportingCalendar): Periods =>
  granularity === "hour" ? hours(calendar) : wholeDays(granularity, calendar);

const hours = (calendar: ReportingCalendar): Periods => ({
  granularity: "hour",
  at: (atMs) => Math.floor(atMs / HOUR_MS),
  atDate: (date) => calendar.startOf(date) / HOUR_MS,
  firstDate: (period) => calendar.dayOf(period * HOUR_MS).date,
  startOf: (period) => period * HOUR_MS,
  nameOf: hourName,
  boundOf: hourName,
});

const hourName = (hour: number): string => formatHour(hour * HOUR_MS);

type WholeDays = Exclude<Granularity, "hour">;

const wholeDays = (granularity: WholeDays, calendar: ReportingCalendar): Periods => {
  const { of, firstDate, name } = DATES[granularity];
  return {
    granularity,
    at: (atMs) => of(calendar.dayOf(atMs).date),
    atDate: of,
    firstDate,
    startOf: (period) => calendar.startOf(firstDate(period)),
    nameOf: name,
    boundOf: (period) => dateName(firstDate(period)),
  };
};

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

const DATES: Readonly<Record<WholeDays, Dates>> = {
  day: { of: (date) => date, firstDate: (period) => period, name: dateName },
  week: { of: weekOf, firstDate: mondayOf, name: weekName },
  month: {
    of: monthOf,
    firstDate: firstOfMonth,
    name: (month) => dateName(firstOfMonth(month)).slice(0, 7),
  },
};
