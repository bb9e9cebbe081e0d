import { makeCalendar, type ReportingCalendar } from "../../src/core/views/reporting-day.ts";

/** @throws when it is refused */
export const calendarOf = (timeZone: string, now: number): ReportingCalendar => {
  const made = makeCalendar(timeZone, now);
  if (made.status === "refused") throw new Error(made.reason);
  return made.calendar;
};
