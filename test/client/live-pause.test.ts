import fc from "fast-check";
import { expect, test } from "vitest";
import { failuresAfter, pauseMs } from "../../src/client/live/pause.ts";
import { PING_MS } from "../../src/client/live/times.ts";
import { LIVE_BEAT_AFTER_MS, LIVE_PING_MS, LIVE_SILENT_MS } from "../../src/core/limits.ts";
import { CLOSE_CODES } from "../../src/protocol/live-messages.ts";

const LOST = 1006;

test("a pause is anything from nothing to a second, twice as much with each failure, at most 30 s", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 50, 5_000].map((failures) => pauseMs(failures, 1))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000,
  ]);
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      expect(pauseMs(failures, random)).toBeCloseTo(random * pauseMs(failures, 1), 6);
    }),
  );
});

test("who was replaced, or whose stream has ended, does not come back", () => {
  expect(failuresAfter(CLOSE_CODES.replaced, 0)).toBeUndefined();
  expect(failuresAfter(CLOSE_CODES.ended, 0)).toBeUndefined();
});

test("who was too loud or one too many waits as long as after many failures", () => {
  for (const reason of ["flood", "unreadable", "crowded"] as const) {
    expect(pauseMs(failuresAfter(CLOSE_CODES[reason], 0) ?? 0, 1)).toBe(30_000);
  }
});

test("who is moved comes back within four seconds, and not all in the first", () => {
  expect(pauseMs(failuresAfter(CLOSE_CODES.moved, 0) ?? 0, 1)).toBe(4_000);
});

test("a lost connection, a silence and a ticket count as one failure more, never as fewer", () => {
  for (const code of [LOST, 1001, 1012, CLOSE_CODES.silent, CLOSE_CODES.ticket]) {
    expect(failuresAfter(code, 0)).toBe(0);
    expect(failuresAfter(code, 7)).toBe(7);
  }
  expect(failuresAfter(CLOSE_CODES.moved, 7)).toBe(7);
});

test("a page pings as often as the service counts on, and is asked before it is taken for gone", () => {
  expect(PING_MS).toBe(LIVE_PING_MS);
  expect(PING_MS).toBeLessThan(LIVE_BEAT_AFTER_MS);
  expect(LIVE_BEAT_AFTER_MS).toBeLessThan(LIVE_SILENT_MS);
  // an answer that is missing is noticed before the room takes the page for gone
  expect(2 * PING_MS).toBeLessThan(LIVE_SILENT_MS);
});
