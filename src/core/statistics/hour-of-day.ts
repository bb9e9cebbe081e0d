import { DAY_MS, HOUR_MS } from "../limits.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";

/**
 * What the clock shows at the start of an hour, as if it stood in UTC, ms. In a day of 24 hours no clock was changed,
 * so the time zone is asked only about the other days.
 */
const wallClock = (calendar: ReportingCalendar, hourMs: number): number => {
  const { date, startMs, endMs } = calendar.dayOf(hourMs);
  return endMs - startMs === DAY_MS ? date * DAY_MS + hourMs - startMs : calendar.wallClock(hourMs);
};

/** The hour as the reporting time zone writes it: `2026-11-21T10:00+01:00`. */
export const localName = (calendar: ReportingCalendar, hourMs: number): string => {
  const wall = wallClock(calendar, hourMs);
  const offset = (wall - hourMs) / HOUR_MS;
  const digits = `${Math.abs(offset)}`.padStart(2, "0");
  return `${new Date(wall).toISOString().slice(0, 16)}${offset < 0 ? "-" : "+"}${digits}:00`;
};

/**
 * Views by what the clock showed, 0 to 23: of an hour that came twice both, of one left out none.
 * @param cells in the order of their hours, so that each day is looked up once
 */
export const profileOf = (
  cells: Iterable<{ readonly hour: number; readonly views: number }>,
  calendar: ReportingCalendar,
): readonly number[] => {
  const views: number[] = new Array<number>(24).fill(0);
  for (const cell of cells) {
    const hour = (wallClock(calendar, cell.hour) / HOUR_MS) % 24;
    views[hour] = (views[hour] ?? 0) + cell.views;
  }
  return views;
};
