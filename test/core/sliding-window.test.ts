import fc from "fast-check";
import { expect, test } from "vitest";
import { ExactWindow } from "../../src/core/exact-window.ts";
import { type Quota, SlidingWindow } from "../../src/core/sliding-window.ts";

const anyQuota = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  windowMs: fc.constantFrom(100, 1_000, 60_000),
});

/** Pauses between requests, in thousandths of the window: bursts, trickles, and ends of windows to the millisecond. */
const anyPauses = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.constantFrom(999, 1_000, 1_001)),
  { maxLength: 150, size: "max" },
);

const arrivals = ({ windowMs }: Quota, pauses: readonly number[]): readonly number[] => {
  let now = 1_700_000_000_000;
  return pauses.map((pause) => {
    now += Math.round((pause * windowMs) / 1_000);
    return now;
  });
};

const take = (window: SlidingWindow, now: number): boolean => {
  const free = window.left(now) > 0;
  if (free) window.add(now);
  return free;
};

/** How many of them are less than `withinMs` before `now`, counted one by one. */
const lately = (times: readonly number[], now: number, withinMs: number): number =>
  times.filter((time) => now - time < withinMs).length;

test("no window of any position lets more through than its quota, and a place is late by a tenth of it at most", () => {
  fc.assert(
    fc.property(anyQuota, anyPauses, (quota, pauses) => {
      const window = new SlidingWindow(quota);
      const taken: number[] = [];
      for (const now of arrivals(quota, pauses)) {
        const isFree = take(window, now);
        if (isFree) taken.push(now);
        else expect(lately(taken, now, quota.windowMs * 1.1)).toBeGreaterThanOrEqual(quota.limit);
        expect(lately(taken, now, quota.windowMs)).toBeLessThanOrEqual(quota.limit);
      }
    }),
  );
});

test("who is refused finds a place when they were told, no later than a window, and not a moment sooner", () => {
  fc.assert(
    fc.property(anyQuota, anyPauses, (quota, pauses) => {
      const window = new SlidingWindow(quota);
      for (const now of arrivals(quota, pauses)) {
        if (take(window, now)) continue;
        const frees = window.frees(now);
        expect(frees).toBeGreaterThan(0);
        expect(frees).toBeLessThanOrEqual(quota.windowMs);
        expect(window.left(now + frees - 1)).toBe(0);
        expect(window.left(now + frees)).toBeGreaterThan(0);
        return;
      }
    }),
  );
});

test("what is left goes down by one with each that comes, and is all there after a window of silence", () => {
  const quota = { limit: 3, windowMs: 1_000 };
  const window = new SlidingWindow(quota);
  expect([window.left(0), window.frees(0)]).toEqual([3, 0]);
  for (const left of [2, 1, 0, 0]) {
    window.add(500);
    expect(window.left(500)).toBe(left);
  }
  expect(window.left(1_499)).toBe(0);
  expect([window.left(1_500), window.frees(1_500)]).toEqual([3, 0]);
});

test("what came close together counts until the last of it is older than the window", () => {
  const window = new SlidingWindow({ limit: 2, windowMs: 1_000 });
  for (const at of [0, 90]) window.add(at);
  expect(window.left(1_089)).toBe(0);
  expect(window.left(1_090)).toBe(2);
});

test("a clock that is set back frees no place early", () => {
  const window = new SlidingWindow({ limit: 1, windowMs: 1_000 });
  window.add(10_000);
  expect(window.left(9_000)).toBe(0);
  expect(window.frees(9_000)).toBe(1_000);
  expect(window.left(10_999)).toBe(0);
  expect(window.left(11_000)).toBe(1);
});

test("nor does one that is set back between two that came", () => {
  const window = new SlidingWindow({ limit: 2, windowMs: 1_000 });
  for (const at of [10_000, 9_950]) window.add(at);
  expect(window.left(10_999)).toBe(0);
  expect(window.left(11_000)).toBe(2);
});

test("the exact window lets in whom a log of all times lets in, and nobody else", () => {
  fc.assert(
    fc.property(anyQuota, anyPauses, (quota, pauses) => {
      const window = new ExactWindow(quota);
      const taken: number[] = [];
      for (const now of arrivals(quota, pauses)) {
        const expected = lately(taken, now, quota.windowMs) < quota.limit;
        expect(window.take(now)).toBe(expected);
        if (expected) taken.push(now);
      }
    }),
  );
});
