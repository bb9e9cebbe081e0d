import { DAY_MS, HOUR_MS } from "../limits.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";

/**
 * What the clock shows, as if it stood in UTC, ms. In a day of 24 hours no clock was changed,
 * so the time zone is asked only about the other days.
 */
const wallClock = (calendar: ReportingCalendar, atMs: number): number => {
  const { date, startMs, endMs } = calendar.dayOf(atMs);
  return endMs - startMs === DAY_MS ? date * DAY_MS + atMs - startMs : calendar.wallClock(atMs);
};

/** A whole minute as the reporting time zone writes it: `2026-11-21T10:00+01:00`. */
export const localName = (calendar: ReportingCalendar, atMs: number): string => {
  const wall = wallClock(calendar, atMs);
  const offset = (wall - atMs) / HOUR_MS;
  const digits = `${Math.abs(offset)}`.padStart(2, "0");
  return `${new Date(wall).toISOString().slice(0, 16)}${offset < 0 ? "-" : "+"}${digits}:00`;
};

interface Amount {
  /** Ms. */
  readonly at: number;
  readonly amount: number;
}

/**
 * Sums by what the clock showed, 0 to 23: of an hour that came twice both, of one left out none.
 * @param amounts in the order of their times, so that each day is looked up once
 */
export const profileOf = (
  amounts: Iterable<Amount>,
  calendar: ReportingCalendar,
): readonly number[] => {
  const sums: number[] = new Array<number>(24).fill(0);
  for (const { at, amount } of amounts) {
    const hour = Math.floor(wallClock(calendar, at) / HOUR_MS) % 24;
    sums[hour] = (sums[hour] ?? 0) + amount;
  }
  return sums;
};
