import { dateName } from "../civil-date.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../limits.ts";

/** A calendar day in the reporting time zone; `[startMs, endMs)`, 23 to 25 hours long. */
export interface ReportingDay {
  /** `2026-11-21` */
  readonly name: string;
  /** The same as days since 1970-01-01; `dateNumber` of it stands in tables. */
  readonly date: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Calendar of one time zone whose offsets from UTC are whole hours. */
export interface ReportingCalendar {
  readonly timeZone: string;
  dayOf(atMs: number): ReportingDay;
  /**
   * When a day begins, ms. A day that the zone left out (it moved across the date line) is empty: it begins with the
   * next one.
   * @param date days since 1970-01-01
   */
  startOf(date: number): number;
  /** What the clock shows at the start of a UTC hour, ms, as if it stood in UTC. */
  wallClock(hourMs: number): number;
}

export type CalendarResult =
  | { readonly status: "ok"; readonly calendar: ReportingCalendar }
  | { readonly status: "refused"; readonly reason: string };

/** Hours in which a zone's offset is looked at before it is accepted: every week of three years finds any daylight saving. */
const PROBES = 156;
const WEEK_MS = 7 * 24 * HOUR_MS;

/**
 * Cells are counts of a UTC hour, so a day is a sum of cells only in zones with whole-hour offsets.
 * @param timeZone IANA name
 * @param nowMs the probe of the zone's offsets is centred here
 */
export const makeCalendar = (timeZone: string, nowMs: number): CalendarResult => {
  let format: Intl.DateTimeFormat;
  try {
    format = dayFormat(timeZone);
  } catch {
    return { status: "refused", reason: `"${timeZone}" is no IANA time zone` };
  }
  for (let probe = -PROBES / 2; probe < PROBES / 2; probe += 1) {
    const offsetMs = offsetAt(format, nowMs + probe * WEEK_MS);
    if (offsetMs % HOUR_MS !== 0) {
      return {
        status: "refused",
        reason: `"${timeZone}" is ${offsetMs / MINUTE_MS} minutes off UTC, and hours are the smallest unit of counts`,
      };
    }
  }
  const startOf = memoStarts((date) => findStart(format, date));
  return {
    status: "ok",
    calendar: {
      timeZone,
      dayOf: memoLast((at) => findDay(format, startOf, at)),
      startOf,
      wallClock: (hourMs) => wallClock(format, hourMs),
    },
  };
};

const dayFormat = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });

/** What the clock shows, as if it stood in UTC, ms. */
const wallClock = (format: Intl.DateTimeFormat, atMs: number): number => {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = value;
  const { year = "", month = "", day = "", hour = "", minute = "", second = "" } = parts;
  return Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
};

const offsetAt = (format: Intl.DateTimeFormat, atMs: number): number =>
  wallClock(format, atMs) - Math.floor(atMs / 1_000) * 1_000;

/**
 * Days change at whole UTC hours: the first one that shows the day or a later one. Dates never go back, clocks that
 * are put back at midnight show the day before once more; so stepping from a guess finds it.
 */
const findStart = (format: Intl.DateTimeFormat, date: number): number => {
  const midnight = date * DAY_MS;
  let start = Math.floor((midnight - offsetAt(format, midnight)) / HOUR_MS) * HOUR_MS;
  while (wallClock(format, start - HOUR_MS) >= midnight) start -= HOUR_MS;
  while (wallClock(format, start) < midnight) start += HOUR_MS;
  return start;
};

const findDay = (
  format: Intl.DateTimeFormat,
  startOf: (date: number) => number,
  atMs: number,
): ReportingDay => {
  const date = Math.floor(wallClock(format, atMs) / DAY_MS);
  const [startMs, endMs] = [startOf(date), startOf(date + 1)];
  return { name: dateName(date), date, startMs, endMs };
};

/** Days whose beginnings are kept: of more than two years, a few tens of kilobytes. */
const KEPT_STARTS = 1_000;

/** A beginning costs three questions to the time zone, and whoever walks through days asks for each as end and as start. */
const memoStarts = (find: (date: number) => number) => {
  const starts = new Map<number, number>();
  return (date: number): number => {
    const known = starts.get(date);
    if (known !== undefined) return known;
    if (starts.size >= KEPT_STARTS) starts.clear();
    const start = find(date);
    starts.set(date, start);
    return start;
  };
};

/** Nearly every call is about the day of the call before. */
const memoLast = (find: (atMs: number) => ReportingDay) => {
  let last: ReportingDay | undefined;
  return (atMs: number): ReportingDay => {
    if (last === undefined || atMs < last.startMs || atMs >= last.endMs) last = find(atMs);
    return last;
  };
};
