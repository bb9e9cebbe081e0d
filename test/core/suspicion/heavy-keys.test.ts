import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HeavyKeys } from "../../../src/core/suspicion/heavy-keys.ts";
import { keyOf } from "../../support/view-traffic.ts";

const key = (number: number) => keyOf(7, number);

describe("counting the frequent ones among many keys", () => {
  test("a count is never too high, and too low by no more than all that came by those that are kept", () => {
    const streams = fc.array(fc.nat({ max: 40 }), { maxLength: 600 });
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 20 }), (stream, most) => {
        const table = new HeavyKeys(most);
        const exact = new Map<number, number>();
        for (const number of stream) {
          exact.set(number, (exact.get(number) ?? 0) + 1);
          expect(table.add(key(number))).toBe(table.count(key(number)));
        }
        expect(table.size).toBeLessThanOrEqual(most);
        for (const [number, count] of exact) {
          expect(table.count(key(number))).toBeLessThanOrEqual(count);
          expect(table.count(key(number))).toBeGreaterThanOrEqual(
            count - Math.floor(stream.length / (most + 1)),
          );
          if (exact.size <= most) expect(table.count(key(number))).toBe(count);
        }
        const told = new Map(table.atLeast(1).map((entry) => [entry.key.lo, entry.count]));
        for (const number of exact.keys()) {
          expect(told.get(key(number).lo) ?? 0).toBe(table.count(key(number)));
        }
      }),
    );
  });

  test("the most frequent come first, those below what is asked for not at all", () => {
    const table = new HeavyKeys(10);
    for (const [number, times] of [
      [1, 3],
      [2, 9],
      [3, 1],
      [4, 5],
    ] as const) {
      for (let time = 0; time < times; time += 1) table.add(key(number));
    }
    expect(table.atLeast(3)).toEqual([
      { key: key(2), count: 9 },
      { key: key(4), count: 5 },
      { key: key(1), count: 3 },
    ]);
  });

  test("a million keys that come once take no more memory than ten thousand, and hide nobody who comes often", () => {
    const table = new HeavyKeys(6_000);
    for (let number = 0; number < 10_000; number += 1) table.add(key(number));
    const { bytes } = table;
    for (let number = 10_000; number < 1_000_000; number += 1) {
      table.add(key(number));
      if (number % 1_000 === 0) table.add(key(5_000_000));
    }
    expect(table.bytes).toBe(bytes);
    expect(table.size).toBeLessThanOrEqual(6_000);
    expect(table.count(key(5_000_000))).toBeGreaterThan(800);
    expect(table.count(key(5_000_000))).toBeLessThanOrEqual(990);
  });

  test("nothing is left of what was cleared", () => {
    const table = new HeavyKeys(100);
    for (let number = 0; number < 90; number += 1) table.add(key(number));
    table.clear();
    expect(table.size).toBe(0);
    expect(table.atLeast(0)).toEqual([]);
    expect(table.add(key(1))).toBe(1);
  });
});
