import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Hash64, mix32 } from "../../../src/core/hash.ts";
import { ApproximateMinute } from "../../../src/core/views/approximate-minute.ts";
import { ExactMinute } from "../../../src/core/views/exact-minute.ts";
import type { MinuteBucket } from "../../../src/core/views/minute-bucket.ts";
import { CountedWindow } from "../../../src/core/views/window.ts";

const NOON = Date.UTC(2026, 10, 21, 12);

const key = (number: number): Hash64 => ({ hi: mix32(number), lo: mix32(number ^ 0x55555555) });

const entries = fc.uniqueArray(
  fc.record({ number: fc.nat({ max: 40 }), offset: fc.integer({ min: 0, max: 59_999 }) }),
  { selector: ({ number }) => number, maxLength: 30 },
);
const question = fc.record({
  number: fc.nat({ max: 40 }),
  range: fc.tuple(fc.integer({ min: 0, max: 59_999 }), fc.integer({ min: 0, max: 59_999 })),
});

const fill = (bucket: MinuteBucket, held: readonly { number: number; offset: number }[]) => {
  for (const { number, offset } of held) bucket.add(key(number), offset);
  return bucket;
};

describe("an exact minute", () => {
  test("answers as a list of its entries would", () => {
    fc.assert(
      fc.property(entries, fc.array(question), (held, questions) => {
        const bucket = fill(new ExactMinute(), held);
        for (const { number, range } of questions) {
          const [from, to] = [Math.min(...range), Math.max(...range)];
          const expected = held.some(
            (entry) => entry.number === number && entry.offset >= from && entry.offset <= to,
          );
          expect(bucket.hasBetween(key(number), from, to)).toBe(expected);
        }
        expect(bucket.size).toBe(held.length);
      }),
    );
  });

  test("keeps every entry and its offset while it grows from 64 slots to 100,000 entries", () => {
    const bucket = new ExactMinute();
    for (let number = 0; number < 100_000; number += 1) bucket.add(key(number), number % 60_000);
    for (let number = 0; number < 100_000; number += 1) {
      const offset = number % 60_000;
      if (!bucket.hasBetween(key(number), offset, offset)) throw new Error(`lost ${number}`);
    }
    expect(bucket.size).toBe(100_000);
    expect(bucket.hasBetween(key(100_001), 0, 59_999)).toBe(false);
  });

  test("tells keys apart that share their low half", () => {
    const bucket = new ExactMinute();
    bucket.add({ hi: 1, lo: 7 }, 0);
    expect(bucket.hasBetween({ hi: 2, lo: 7 }, 0, 59_999)).toBe(false);
    bucket.add({ hi: 2, lo: 7 }, 59_999);
    expect(bucket.hasBetween({ hi: 1, lo: 7 }, 0, 0)).toBe(true);
    expect(bucket.hasBetween({ hi: 2, lo: 7 }, 59_999, 59_999)).toBe(true);
  });
});

describe("an approximate minute", () => {
  test("never misses what an exact one finds: it errs to duplicate only", () => {
    fc.assert(
      fc.property(entries, fc.array(question, { minLength: 1 }), (held, questions) => {
        const exact = fill(new ExactMinute(), held);
        const approximate = fill(new ApproximateMinute(), held);
        for (const { number, range } of questions) {
          const [from, to] = [Math.min(...range), Math.max(...range)];
          const known = exact.hasBetween(key(number), from, to);
          expect(!known || approximate.hasBetween(key(number), from, to)).toBe(true);
        }
      }),
    );
  });

  test("takes about 1 % of strangers for known at the 437,000 entries it is made for", () => {
    const bucket = new ApproximateMinute();
    for (let number = 0; number < 437_000; number += 1) bucket.add(key(number), number % 60_000);
    let taken = 0;
    for (let number = 1_000_000; number < 1_100_000; number += 1) {
      if (bucket.hasBetween(key(number), 0, 9_999)) taken += 1;
    }
    const expected = (1 - Math.exp((-7 * 437_000) / 2 ** 22)) ** 7;
    expect(expected).toBeCloseTo(0.01, 2);
    expect(taken / 100_000).toBeGreaterThan(expected * 0.8);
    expect(taken / 100_000).toBeLessThan(expected * 1.2);
  });
});

describe("the window", () => {
  test("finds a counted view in the minute before, the same and the one after", () => {
    const times = fc.integer({ min: 0, max: 10 * 60_000 });
    fc.assert(
      fc.property(times, times, (one, other) => {
        const window = new CountedWindow();
        window.add(key(1), NOON + one);
        expect(window.conflicts(key(1), NOON + other)).toBe(Math.abs(one - other) < 60_000);
        expect(window.conflicts(key(2), NOON + other)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test("forgets minutes that ended before the horizon, and no other", () => {
    const window = new CountedWindow();
    for (const minute of [0, 1, 2]) window.add(key(minute), NOON + minute * 60_000 + 59_999);
    window.dropBelow(NOON + 60_000 + 59_999);
    expect(window.size).toBe(2);
    expect(window.conflicts(key(0), NOON + 59_999)).toBe(false);
    expect(window.conflicts(key(1), NOON + 60_000 + 59_999)).toBe(true);
  });

  test("keeps minutes that begin above the cap approximately, and exactly again below it", () => {
    const window = new CountedWindow(2);
    window.add(key(1), NOON);
    window.add(key(2), NOON);
    expect(window.approximateMinutes).toBe(0);
    window.add(key(3), NOON + 60_000);
    expect(window.approximateMinutes).toBe(1);
    expect(window.conflicts(key(3), NOON + 60_000)).toBe(true);
    window.dropBelow(NOON + 60_000);
    window.add(key(4), NOON + 120_000);
    expect(window.approximateMinutes).toBe(1);
  });
});
