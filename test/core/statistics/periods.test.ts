import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dateName, dateNumber, dateOfNumber, parseDate } from "../../../src/core/civil-date.ts";
import { localName } from "../../../src/core/statistics/hour-of-day.ts";
import { isEven, LIVE_GRANULARITIES, makePeriods } from "../../../src/core/statistics/periods.ts";
import { calendarOf, dateOf, HOUR, hourOf, nameOf, ZONES } from "../../support/naive-calendar.ts";

const zones = fc.constantFrom(...ZONES);
/** From 2002 to 2098, and the ends of years, where weeks are hardest. */
const moments = fc.oneof(
  fc.integer({ min: Date.UTC(2002, 0), max: Date.UTC(2099, 0) }),
  fc
    .tuple(fc.integer({ min: 2002, max: 2098 }), fc.integer({ min: -100, max: 100 }))
    .map(([year, hours]) => Date.UTC(year, 0) + hours * HOUR),
);

test.each(LIVE_GRANULARITIES)(
  "a %s holds the moments that bear its name, all of them and no other",
  (granularity) => {
    fc.assert(
      fc.property(zones, moments, (zone, at) => {
        const periods = makePeriods(granularity, calendarOf(zone));
        const period = periods.at(at);
        const [start, end] = [periods.startOf(period), periods.startOf(period + 1)];
        expect(start <= at && at < end).toBe(true);
        const name = periods.nameOf(period);
        for (const inside of [start, at, end - 1]) {
          expect(nameOf(granularity, zone, inside)).toBe(name);
        }
        for (const outside of [start - 1, end]) {
          expect(nameOf(granularity, zone, outside)).not.toBe(name);
        }
        expect(periods.at(end)).toBe(period + 1);
        expect(periods.at(start - 1)).toBe(period - 1);
      }),
      { numRuns: 200 },
    );
  },
);

test("the day that a period begins on holds its beginning", () => {
  fc.assert(
    fc.property(zones, moments, fc.constantFrom(...LIVE_GRANULARITIES), (zone, at, granularity) => {
      const periods = makePeriods(granularity, calendarOf(zone));
      const period = periods.at(at);
      const date = periods.firstDate(period);
      expect(dateName(date)).toBe(dateOf(zone, periods.startOf(period)));
      if (!isEven(granularity)) expect(periods.atDate(date)).toBe(period);
    }),
    { numRuns: 200 },
  );
});

describe("weeks are those of ISO 8601", () => {
  test.each([
    ["2020-12-31", "2020-W53"],
    ["2021-01-03", "2020-W53"],
    ["2021-01-04", "2021-W01"],
    ["2024-12-29", "2024-W52"],
    ["2024-12-30", "2025-W01"],
    ["2026-01-01", "2026-W01"],
    ["2026-11-21", "2026-W47"],
    ["2026-12-31", "2026-W53"],
    ["2027-01-03", "2026-W53"],
    ["2027-01-04", "2027-W01"],
  ])("%s lies in %s", (date, week) => {
    const periods = makePeriods("week", calendarOf("Europe/Berlin"));
    expect(periods.nameOf(periods.atDate(parseDate(date) ?? Number.NaN))).toBe(week);
  });
});

describe("days on which clocks change", () => {
  const hoursOf = (zone: string, name: string): number => {
    const days = makePeriods("day", calendarOf(zone));
    const day = days.atDate(parseDate(name) ?? Number.NaN);
    return (days.startOf(day + 1) - days.startOf(day)) / HOUR;
  };

  test.each([
    ["Europe/Berlin", "2026-03-29", 23],
    ["Europe/Berlin", "2026-10-25", 25],
    ["America/New_York", "2026-03-08", 23],
    ["America/New_York", "2026-11-01", 25],
    ["Australia/Sydney", "2026-10-04", 23],
    ["Australia/Sydney", "2026-04-05", 25],
    ["America/Santiago", "2026-09-06", 23],
    ["America/Santiago", "2026-04-04", 25],
    ["Africa/Cairo", "2026-04-24", 23],
    ["UTC", "2026-03-29", 24],
  ])("%s: %s has %i hours", (zone, name, hours) => {
    expect(hoursOf(zone, name)).toBe(hours);
  });

  test("a day that the zone left out is empty", () => {
    expect(hoursOf("Pacific/Apia", "2011-12-30")).toBe(0);
    expect(hoursOf("Pacific/Apia", "2011-12-29")).toBe(24);
  });

  test("an hour that comes twice is told apart by its offset", () => {
    const berlin = calendarOf("Europe/Berlin");
    const at = Date.UTC(2026, 9, 25);
    expect([at, at + HOUR].map((hour) => localName(berlin, hour))).toEqual([
      "2026-10-25T02:00+02:00",
      "2026-10-25T02:00+01:00",
    ]);
    expect(localName(calendarOf("America/New_York"), at)).toBe("2026-10-24T20:00-04:00");
  });
});

test("an hour's local name is the moment that it names, and shows the zone's clock", () => {
  fc.assert(
    fc.property(zones, moments, (zone, at) => {
      const hour = Math.floor(at / HOUR) * HOUR;
      const name = localName(calendarOf(zone), hour);
      expect(Date.parse(name)).toBe(hour);
      expect(name.slice(0, 13)).toBe(
        `${dateOf(zone, hour)}T${String(hourOf(zone, hour)).padStart(2, "0")}`,
      );
    }),
    { numRuns: 200 },
  );
});

describe("dates", () => {
  test("are counted without gaps, and their texts and numbers lead back to them", () => {
    const from = parseDate("1999-12-31") ?? Number.NaN;
    for (let date = from; date < from + 3_000; date += 1) {
      expect(parseDate(dateName(date))).toBe(date);
      expect(dateOfNumber(dateNumber(date))).toBe(date);
    }
    expect(dateName(from + 60)).toBe("2000-02-29");
    expect(dateNumber(from + 61)).toBe(20000301);
  });

  test.each([
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-11-31",
    "2026-1-1",
    "20261121",
    "x",
    "",
  ])("%j is none", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});
