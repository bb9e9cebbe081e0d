/** A UTC hour as people write it: `2026-11-21T09`. */
import { parseDate } from "../civil-date.ts";
import { HOUR_MS } from "../limits.ts";

const HOUR = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3])$/;
/** RFC 3339, section 5.6, with its capitals; a leap second begins no hour. */
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** @returns start of the hour, ms; `undefined` for what is no hour of the calendar */
export const parseHour = (text: string): number | undefined => {
  const [, date] = HOUR.exec(text) ?? [];
  return date !== undefined && isDate(date) ? Date.parse(`${text}:00Z`) : undefined;
};

/**
 * @param text `2026-11-21T09`, or an instant of RFC 3339 on a whole hour of UTC: `2026-11-21T10:00:00+01:00`
 * @returns start of the hour, ms; `undefined` for anything else
 */
export const parseHourOrInstant = (text: string): number | undefined => {
  const at = parseTime(text);
  return at !== undefined && at % HOUR_MS === 0 ? at : undefined;
};

/**
 * @param text any instant of RFC 3339, or `2026-11-21T09` for the start of that hour of UTC
 * @returns ms; `undefined` for anything else
 */
export const parseTime = (text: string): number | undefined => {
  const [, date] = INSTANT.exec(text) ?? [];
  if (date === undefined) return parseHour(text);
  return isDate(date) ? Date.parse(text) : undefined;
};

/** @param hour start of a UTC hour, ms; ids carry times up to the year 10889, whose names are longer */
export const formatHour = (hour: number): string => {
  const iso = new Date(hour).toISOString();
  return iso.slice(0, iso.indexOf(":"));
};

/** `Date.parse` reads 30 February as 2 March. */
const isDate = (date: string): boolean => parseDate(date) !== undefined;
