import { makeCalendar, type ReportingCalendar } from "../../src/core/views/reporting-day.ts";

const made = new Map<string, ReportingCalendar>();

/**
 * The same one for the same question: to make one asks the time zone 156 times.
 * @throws when it is refused
 */
export const calendarOf = (timeZone: string, now: number): ReportingCalendar => {
  const key = `${timeZone} ${now}`;
  const before = made.get(key);
  if (before !== undefined) return before;
  const result = makeCalendar(timeZone, now);
  if (result.status === "refused") throw new Error(result.reason);
  made.set(key, result.calendar);
  return result.calendar;
};
