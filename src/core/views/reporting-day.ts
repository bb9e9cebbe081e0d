import { HOUR_MS, MINUTE_MS } from "../limits.ts";

/** A calendar day in the reporting time zone; `[startMs, endMs)`, 23 to 25 hours long. */
export interface ReportingDay {
  /** `2026-11-21` */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Calendar of one time zone whose offsets from UTC are whole hours. */
export interface ReportingCalendar {
  readonly timeZone: string;
  dayOf(atMs: number): ReportingDay;
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
  return { status: "ok", calendar: { timeZone, dayOf: memoLast((at) => findDay(format, at)) } };
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

const wallClock = (format: Intl.DateTimeFormat, atMs: number) => {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = value;
  const { year = "", month = "", day = "", hour = "", minute = "", second = "" } = parts;
  return {
    name: `${year}-${month}-${day}`,
    utcMs: Date.UTC(+year, +month - 1, +day, +hour, +minute, +second),
  };
};

const offsetAt = (format: Intl.DateTimeFormat, atMs: number): number =>
  wallClock(format, atMs).utcMs - Math.floor(atMs / 1_000) * 1_000;

/** Day changes fall on whole UTC hours, so the bounds are found by stepping hours. */
const findDay = (format: Intl.DateTimeFormat, atMs: number): ReportingDay => {
  const hour = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  const { name } = wallClock(format, hour);
  let startMs = hour;
  while (wallClock(format, startMs - HOUR_MS).name === name) startMs -= HOUR_MS;
  let endMs = hour + HOUR_MS;
  while (wallClock(format, endMs).name === name) endMs += HOUR_MS;
  return { name, startMs, endMs };
};

/** Nearly every call is about the day of the call before. */
const memoLast = (find: (atMs: number) => ReportingDay) => {
  let last: ReportingDay | undefined;
  return (atMs: number): ReportingDay => {
    if (last === undefined || atMs < last.startMs || atMs >= last.endMs) last = find(atMs);
    return last;
  };
};
