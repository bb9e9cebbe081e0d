import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS, RAW_RETENTION_MS } from "../../../src/core/limits.ts";
import { decidedHours } from "../../../src/core/views/decided-hours.ts";

const TEN = Date.UTC(2026, 10, 21, 10);
const NOW = TEN + 20 * MINUTE_MS;
const KEPT = TEN - RAW_RETENTION_MS;

test("a time within one hour is that hour, and one that ends on the hour has none of the next", () => {
  const nine = { from: TEN - HOUR_MS, to: TEN };
  const within = { fromAt: TEN - 40 * MINUTE_MS, toAt: TEN - 20 * MINUTE_MS };
  expect(decidedHours(within, NOW)).toEqual({ correctable: nine, goesOn: false });
  expect(decidedHours({ fromAt: TEN - HOUR_MS, toAt: TEN }, NOW)).toEqual({
    correctable: nine,
    goesOn: false,
  });
});

test("the hour under way and those to come are left to their turn", () => {
  expect(decidedHours({ fromAt: TEN }, NOW)).toEqual({ goesOn: true });
  expect(decidedHours({ fromAt: TEN + 5 * HOUR_MS, toAt: TEN + 6 * HOUR_MS }, NOW)).toEqual({
    goesOn: true,
  });
  expect(decidedHours({ fromAt: TEN - 2 * HOUR_MS }, NOW)).toEqual({
    correctable: { from: TEN - 2 * HOUR_MS, to: TEN },
    goesOn: true,
  });
});

test("hours whose events are kept no more are not ordered, and it is said", () => {
  expect(decidedHours({ fromAt: 0, toAt: KEPT }, NOW)).toEqual({ goneBefore: KEPT, goesOn: false });
  expect(decidedHours({ fromAt: 0, toAt: KEPT + 1 }, NOW)).toEqual({
    correctable: { from: KEPT, to: KEPT + HOUR_MS },
    goneBefore: KEPT,
    goesOn: false,
  });
  expect(decidedHours({ fromAt: KEPT }, NOW).goneBefore).toBeUndefined();
});

test("every moment of a decision lies in an hour that is ordered, in one that is gone, or in one that goes on", () => {
  const offset = fc.integer({ min: -100 * 24 * 60, max: 3 * 24 * 60 });
  fc.assert(
    fc.property(offset, fc.option(fc.nat(100 * 24 * 60)), offset, (start, length, probe) => {
      const fromAt = NOW + start * MINUTE_MS;
      const toAt = length === null ? undefined : fromAt + (length + 1) * MINUTE_MS;
      const at = NOW + probe * MINUTE_MS;
      fc.pre(at >= fromAt && (toAt === undefined || at < toAt));
      const {
        correctable,
        goneBefore = Number.NEGATIVE_INFINITY,
        goesOn,
      } = decidedHours({ fromAt, toAt }, NOW);
      const isOrdered = correctable !== undefined && at >= correctable.from && at < correctable.to;
      const places = [isOrdered, at < goneBefore, goesOn && at >= TEN];
      expect(places.filter(Boolean)).toHaveLength(1);
    }),
  );
});
