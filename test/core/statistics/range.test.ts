import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keptFrom } from "../../../src/core/partitions.ts";
import { LIVE_GRANULARITIES, type LiveGranularity } from "../../../src/core/statistics/periods.ts";
import { type RangeQuery as AnyRangeQuery, readRange } from "../../../src/core/statistics/range.ts";
import { calendarOf, HOUR, nameOf, ZONES } from "../../support/naive-calendar.ts";

type RangeQuery = AnyRangeQuery<LiveGranularity>;

const NOW = Date.UTC(2026, 10, 21, 12, 30);

const read = (query: RangeQuery, zone = "Europe/Berlin", now = NOW) =>
  readRange(query, calendarOf(zone), now);

/** `[from, to, number of periods]` */
const readOk = (query: RangeQuery, zone?: string, now?: number) => {
  const result = read(query, zone, now);
  if (result.status === "refused") throw new Error(result.detail);
  const { periods, range } = result;
  return [periods.boundOf(range.first), periods.boundOf(range.end), range.end - range.first];
};

describe("whole periods that the range touches", () => {
  test.each<[LiveGranularity, string, string, string, string, number]>([
    ["day", "2026-11-20", "2026-11-22", "2026-11-20", "2026-11-22", 2],
    ["week", "2026-11-18", "2026-11-19", "2026-11-16", "2026-11-23", 1],
    ["week", "2026-11-15", "2026-11-16", "2026-11-09", "2026-11-16", 1],
    ["week", "2026-11-15", "2026-11-17", "2026-11-09", "2026-11-23", 2],
    ["month", "2026-10-31", "2026-11-01", "2026-10-01", "2026-11-01", 1],
    ["month", "2026-10-31", "2026-11-02", "2026-10-01", "2026-12-01", 2],
    ["hour", "2026-11-20", "2026-11-21", "2026-11-19T23", "2026-11-20T23", 24],
    ["hour", "2026-10-25", "2026-10-26", "2026-10-24T22", "2026-10-25T23", 25],
    ["hour", "2026-11-20T09", "2026-11-20T10", "2026-11-20T09", "2026-11-20T10", 1],
    ["hour", "2026-11-20", "2026-11-20T05", "2026-11-19T23", "2026-11-20T05", 6],
    ["hour", "2026-10-01", "2026-11-01", "2026-09-30T22", "2026-10-31T23", 745],
    ["5min", "2026-11-20", "2026-11-21", "2026-11-19T23:00", "2026-11-20T23:00", 288],
    ["5min", "2026-10-25", "2026-10-26", "2026-10-24T22:00", "2026-10-25T23:00", 300],
    ["5min", "2026-11-20T09", "2026-11-20T09:15", "2026-11-20T09:00", "2026-11-20T09:15", 3],
    ["5min", "2026-11-20T09:55", "2026-11-20T10", "2026-11-20T09:55", "2026-11-20T10:00", 1],
  ])("%s: %s to %s is %s to %s, %i of them", (granularity, from, to, ...expected) => {
    expect(readOk({ granularity, from, to })).toEqual(expected);
  });

  test("hold its first and its last moment, and what a range is rounded to stays as it is", () => {
    const day = fc
      .integer({ min: 0, max: 200 })
      .map((days) => Date.UTC(2026, 3, 1) + days * 24 * HOUR);
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom(...LIVE_GRANULARITIES),
        day,
        fc.integer({ min: 1, max: 31 }),
        (zone, granularity, start, upTo) => {
          const days = granularity === "5min" ? Math.min(upTo, 7) : upTo;
          const text = (at: number) => new Date(at).toISOString().slice(0, 10);
          const [from, to] = [text(start), text(start + days * 24 * HOUR)];
          const result = read({ granularity, from, to }, zone);
          if (result.status === "refused") throw new Error(result.detail);
          const { periods, range } = result;
          const calendar = calendarOf(zone);
          const [firstMs, endMs] = [from, to].map((date) =>
            calendar.startOf(Date.parse(date) / (24 * HOUR)),
          );
          expect(periods.nameOf(range.first)).toBe(nameOf(granularity, zone, firstMs ?? 0));
          expect(periods.nameOf(range.end - 1)).toBe(nameOf(granularity, zone, (endMs ?? 0) - 1));
          const again = { from: periods.boundOf(range.first), to: periods.boundOf(range.end) };
          expect(read({ granularity, ...again }, zone)).toMatchObject({ range });
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("where an end is open", () => {
  test.each<[LiveGranularity, string, string, number]>([
    ["5min", "2026-11-21T06:35", "2026-11-21T12:35", 72],
    ["hour", "2026-11-20T13", "2026-11-21T13", 24],
    ["day", "2026-10-23", "2026-11-22", 30],
    ["week", "2026-08-31", "2026-11-23", 12],
    ["month", "2025-12-01", "2026-12-01", 12],
  ])("%s: it is %s to %s, with the present period", (granularity, from, to, count) => {
    expect(readOk({ granularity })).toEqual([from, to, count]);
    expect(readOk({ granularity, from })).toEqual([from, to, count]);
    expect(readOk({ granularity, to })).toEqual([from, to, count]);
  });

  test("the present day is that of the reporting time zone", () => {
    const now = Date.UTC(2026, 10, 21, 23, 30);
    expect(readOk({ granularity: "day" }, "Europe/Berlin", now)[1]).toBe("2026-11-23");
    expect(readOk({ granularity: "day" }, "America/New_York", now)[1]).toBe("2026-11-22");
  });
});

describe("refused is", () => {
  test.each<[string, RangeQuery, string]>([
    [
      "an end before the beginning",
      { granularity: "day", from: "2026-11-20", to: "2026-11-19" },
      "empty-range",
    ],
    [
      "an end at the beginning",
      { granularity: "day", from: "2026-11-20", to: "2026-11-20" },
      "empty-range",
    ],
    [
      "an end before the beginning in one week",
      { granularity: "week", from: "2026-11-19", to: "2026-11-18" },
      "empty-range",
    ],
    [
      "an end at the beginning in the middle of a week",
      { granularity: "week", from: "2026-11-19", to: "2026-11-19" },
      "empty-range",
    ],
    [
      "a beginning right after the present period without an end",
      { granularity: "month", from: "2026-12-01" },
      "empty-range",
    ],
    [
      "a beginning in the future without an end",
      { granularity: "month", from: "2027-01-01" },
      "empty-range",
    ],
    ["401 days", { granularity: "day", from: "2025-01-01", to: "2026-02-06" }, "range-too-long"],
    ["261 weeks", { granularity: "week", from: "2021-01-04", to: "2026-01-05" }, "range-too-long"],
    [
      "121 months",
      { granularity: "month", from: "2016-01-01", to: "2026-01-02" },
      "range-too-long",
    ],
    [
      "the hours of 32 days",
      { granularity: "hour", from: "2026-10-01", to: "2026-11-02" },
      "range-too-long",
    ],
    [
      "hours of a year and a month ago",
      { granularity: "hour", from: "2025-10-31T23", to: "2025-11-02" },
      "hours-not-kept",
    ],
    [
      "the windows of more than a week",
      { granularity: "5min", from: "2026-11-01", to: "2026-11-08T01:05" },
      "range-too-long",
    ],
    [
      "windows of a year and a month ago",
      { granularity: "5min", from: "2025-10-31T23:55", to: "2025-11-02" },
      "hours-not-kept",
    ],
    ["four minutes past", { granularity: "5min", from: "2026-11-20T09:04" }, "invalid-date"],
    ["a minute that is none", { granularity: "5min", from: "2026-11-20T09:60" }, "invalid-date"],
    ["seconds", { granularity: "5min", from: "2026-11-20T09:05:00" }, "invalid-date"],
    ["windows of days", { granularity: "day", from: "2026-11-20T09:05" }, "invalid-date"],
    ["a day that is none", { granularity: "day", from: "2026-02-30" }, "invalid-date"],
    ["an end that is no date", { granularity: "day", to: "tomorrow" }, "invalid-date"],
    ["an empty date", { granularity: "day", from: "" }, "invalid-date"],
    ["an hour of days", { granularity: "day", from: "2026-11-20T09" }, "invalid-date"],
    ["an hour that is none", { granularity: "hour", from: "2026-11-20T24" }, "invalid-date"],
    ["minutes", { granularity: "hour", from: "2026-11-20T09:30" }, "invalid-date"],
    ["a T too many", { granularity: "hour", from: "2026-11-20T09T" }, "invalid-date"],
    ["a T without an hour", { granularity: "hour", from: "2026-11-20T" }, "invalid-date"],
    ["a year before 2000", { granularity: "day", from: "1999-12-31" }, "invalid-date"],
    ["a year of five digits", { granularity: "day", from: "12026-01-01" }, "invalid-date"],
  ])("%s", (_, query, code) => {
    expect(read(query)).toMatchObject({ status: "refused", code, detail: expect.any(String) });
  });

  test.each<[string, RangeQuery]>([
    ["400 days", { granularity: "day", from: "2025-01-01", to: "2026-02-05" }],
    ["260 weeks", { granularity: "week", from: "2021-01-11", to: "2026-01-05" }],
    ["120 months", { granularity: "month", from: "2016-01-01", to: "2026-01-01" }],
    ["the windows of a week", { granularity: "5min", from: "2026-11-01", to: "2026-11-08" }],
    [
      "the windows of a week whose clocks were put back",
      { granularity: "5min", from: "2026-10-20", to: "2026-10-27" },
    ],
    [
      "windows of the last month kept",
      { granularity: "5min", from: "2025-11-01T00:00", to: "2025-11-02T00" },
    ],
    [
      "hours of the last month kept",
      { granularity: "hour", from: "2025-11-01T00", to: "2025-11-02T00" },
    ],
    ["the future", { granularity: "day", from: "2027-01-01", to: "2027-02-01" }],
  ])("not: %s", (_, query) => {
    expect(read(query).status).toBe("ok");
  });
});

test("samples of streams are kept as long as the hours of contents, by whose age both are refused", () => {
  expect(keptFrom("viewer_history", NOW)).toBe(keptFrom("view_hourly", NOW));
});
