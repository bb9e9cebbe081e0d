import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeCalendar, type ReportingCalendar } from "../../../src/core/views/reporting-day.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;

const calendar = (timeZone: string): ReportingCalendar => {
  const made = makeCalendar(timeZone, NOW);
  if (made.status === "refused") throw new Error(made.reason);
  return made.calendar;
};

const hoursOf = (zone: string, at: number): number => {
  const { startMs, endMs } = calendar(zone).dayOf(at);
  return (endMs - startMs) / HOUR;
};

test("in UTC a day is 24 h from midnight", () => {
  const startMs = Date.UTC(2026, 10, 21);
  expect(calendar("UTC").dayOf(NOW)).toEqual({
    name: "2026-11-21",
    date: startMs / (24 * HOUR),
    startMs,
    endMs: startMs + 24 * HOUR,
  });
});

describe("in Europe/Berlin", () => {
  test("a day begins at local midnight", () => {
    const { dayOf } = calendar("Europe/Berlin");
    expect(dayOf(Date.UTC(2026, 10, 21, 22, 59, 59, 999)).name).toBe("2026-11-21");
    expect(dayOf(Date.UTC(2026, 10, 21, 23)).name).toBe("2026-11-22");
  });

  test("the day that summer time begins has 23 h, the day it ends 25", () => {
    expect(hoursOf("Europe/Berlin", Date.UTC(2026, 2, 29, 12))).toBe(23);
    expect(hoursOf("Europe/Berlin", Date.UTC(2026, 9, 25, 12))).toBe(25);
  });
});

test("days meet without a gap and hold every moment they are asked about", () => {
  const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland");
  const moments = fc.integer({ min: NOW - 1e10, max: NOW + 1e10 });
  fc.assert(
    fc.property(zones, moments, (zone, at) => {
      const { dayOf } = calendar(zone);
      const day = dayOf(at);
      expect(day.startMs <= at && at < day.endMs).toBe(true);
      expect(dayOf(day.endMs).startMs).toBe(day.endMs);
      expect(dayOf(day.startMs - 1).endMs).toBe(day.startMs);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["Asia/Kolkata", "330 minutes off UTC"],
  ["Australia/Lord_Howe", "minutes off UTC"],
  ["Mars/Olympus", "no IANA time zone"],
])("%s is refused: %s", (zone, reason) => {
  expect(makeCalendar(zone, NOW)).toMatchObject({
    status: "refused",
    reason: expect.stringContaining(reason),
  });
});
