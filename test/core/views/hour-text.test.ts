import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../src/core/limits.ts";
import { formatHour, parseHour, parseHourOrInstant } from "../../../src/core/views/hour-text.ts";

const NINE = Date.UTC(2026, 10, 21, 9);

const hours = fc.integer({ min: 0, max: 2_000_000 }).map((hour) => hour * HOUR_MS);

test("what is written of an hour is read as that hour", () => {
  fc.assert(
    fc.property(hours, (hour) => {
      expect(parseHour(formatHour(hour))).toBe(hour);
      expect(parseHourOrInstant(formatHour(hour))).toBe(hour);
      expect(parseHourOrInstant(new Date(hour).toISOString())).toBe(hour);
    }),
  );
});

test("an hour of a year with five digits has them all", () => {
  expect(formatHour(Date.UTC(10_889, 0, 2, 3))).toBe("+010889-01-02T03");
});

test.each([
  "2026-11-21T09",
  "2026-11-21T09:00:00Z",
  "2026-11-21T09:00:00.000Z",
  "2026-11-21T10:00:00+01:00",
  "2026-11-21T14:30:00+05:30",
  "2026-11-20T23:00:00-10:00",
])("%s is nine o'clock UTC", (text) => {
  expect(parseHourOrInstant(text)).toBe(NINE);
});

describe("is no hour:", () => {
  test.each([
    "",
    "2026-11-21",
    "2026-11-21T24",
    "2026-11-21T9",
    "2026-11-21t09",
    "2026-02-30T09",
    "2026-13-01T09",
    " 2026-11-21T09",
    "2026-11-21T09Z",
    "2026-11-21T09:00",
    "2026-11-21T09:00Z",
    "2026-11-21T09:00:00",
    "2026-11-21T09:30:00Z",
    "2026-11-21T09:00:00.001Z",
    "2026-11-21T09:00:00+05:30",
    "2026-02-30T09:00:00Z",
    "2026-11-21T08:59:60Z",
    "1795251600000",
  ])("%o", (text) => {
    expect(parseHourOrInstant(text)).toBeUndefined();
  });
});
