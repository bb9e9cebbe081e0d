/** What a moment's five minutes, hour, day, week and month are called, said once more by other means than the product's. */
import type { LiveGranularity } from "../../src/core/statistics/periods.ts";
import type { ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import { calendarOf as calendarAround } from "./calendars.ts";

export const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Whole hours off UTC; clocks change at night, at midnight, in the other half of the year, or not at all. */
export const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Sydney",
  "America/Santiago",
  "Africa/Cairo",
] as const;

export const calendarOf = (timeZone: string): ReportingCalendar =>
  calendarAround(timeZone, Date.UTC(2026, 10, 21));

interface Clock {
  readonly format: Intl.DateTimeFormat;
  /** What was shown, by the UTC hour. */
  readonly shown: Map<number, string>;
}

const clocks = new Map<string, Clock>();

/** Sweden writes dates and times as ISO 8601 does: `2026-11-21 09:00`. Zones are whole hours off: the hour says all. */
const clockOf = (zone: string, at: number): string => {
  const options = { timeZone: zone, dateStyle: "short", timeStyle: "short" } as const;
  const clock = clocks.get(zone) ?? {
    format: new Intl.DateTimeFormat("sv-SE", options),
    shown: new Map<number, string>(),
  };
  clocks.set(zone, clock);
  const hour = Math.floor(at / HOUR);
  const text = clock.shown.get(hour) ?? clock.format.format(hour * HOUR);
  clock.shown.set(hour, text);
  return text;
};

export const dateOf = (zone: string, at: number): string => clockOf(zone, at).slice(0, 10);

export const hourOf = (zone: string, at: number): number => Number(clockOf(zone, at).slice(11, 13));

export const numberOf = (zone: string, at: number): number =>
  Number(dateOf(zone, at).split("-").join(""));

/** Counts the Thursdays of the year up to the one of the date's week. */
const weekOf = (date: string): string => {
  const noon = new Date(`${date}T12:00:00Z`);
  while (noon.getUTCDay() !== 4) {
    // From Monday to Wednesday the week's Thursday is ahead, from Friday on behind.
    const ahead = [1, 2, 3].includes(noon.getUTCDay());
    noon.setUTCDate(noon.getUTCDate() + (ahead ? 1 : -1));
  }
  const year = noon.getUTCFullYear();
  let thursdays = 0;
  for (let at = noon.getTime(); new Date(at).getUTCFullYear() === year; at -= 7 * DAY) {
    thursdays += 1;
  }
  return `${year}-W${String(thursdays).padStart(2, "0")}`;
};

export const nameOf = (granularity: LiveGranularity, zone: string, at: number): string => {
  const date = dateOf(zone, at);
  switch (granularity) {
    case "5min": {
      const [hour, minutes = ""] = new Date(at).toISOString().split(":");
      return `${hour}:${minutes.replace(/[0-4]$/, "0").replace(/[5-9]$/, "5")}`;
    }
    case "hour":
      return new Date(at).toISOString().split(":")[0] ?? "";
    case "day":
      return date;
    case "week":
      return weekOf(date);
    case "month":
      return date.replace(/-..$/, "");
  }
};
