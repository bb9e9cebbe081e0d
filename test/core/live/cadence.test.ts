import fc from "fast-check";
import { expect, test } from "vitest";
import { LIVE_CONFIRM_MS, LIVE_PUBLISH_MAX_MS } from "../../../src/core/limits.ts";
import { DueQueue } from "../../../src/core/live/due-queue.ts";
import { LIST_RHYTHM, nextPublishAt } from "../../../src/core/live/publish-cadence.ts";
import { nextPushAt, pushPauseMs } from "../../../src/core/live/push-cadence.ts";
import { nextRoomAlarm } from "../../../src/core/live/room-alarm.ts";

test("what is due comes out in its order, and never before its time", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.nat(50), (times, now) => {
      const queue = new DueQueue<number>();
      for (const at of times) queue.push(at, at);
      expect(queue.first()?.at).toBe(times.length === 0 ? undefined : Math.min(...times));
      const taken: number[] = [];
      for (let it = queue.take(now); it !== undefined; it = queue.take(now)) taken.push(it);
      expect(taken).toEqual(times.filter((at) => at <= now).sort((a, b) => a - b));
    }),
  );
});

test("pushes are a second apart up to 2,000 sockets and never more than 5 s, the longer the more sockets", () => {
  expect([1, 2_000, 4_000, 10_000, 32_768].map(pushPauseMs)).toEqual([
    1_000, 1_000, 2_000, 5_000, 5_000,
  ]);
});

test("there is no push while all know the numbers, or nobody is there to know them", () => {
  expect(nextPushAt({ pending: false, lastPushAt: 0, sockets: 5 })).toBeNull();
  expect(nextPushAt({ pending: true, lastPushAt: 0, sockets: 0 })).toBeNull();
  expect(nextPushAt({ pending: true, lastPushAt: 7_000, sockets: 5 })).toBe(8_000);
});

const tries = fc.record({
  changed: fc.boolean(),
  unsaved: fc.boolean(),
  publishedViewers: fc.nat(3),
  // Whoever does not answer is told all the same.
  underway: fc.boolean(),
  failures: fc.nat(20),
  jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

test("publishes are 5 s apart, a number that stands is repeated within 20 s, and a nought is said once and then until it is saved", () => {
  fc.assert(
    fc.property(tries, (state) => {
      const triedAt = 1_000_000;
      const at = nextPublishAt(LIST_RHYTHM, { ...state, triedAt });
      if (!state.changed && state.publishedViewers === 0) {
        if (!state.unsaved) {
          expect(at).toBeNull();
          return;
        }
        expect(at).toBeGreaterThanOrEqual(triedAt + LIVE_CONFIRM_MS);
        expect(at).toBeLessThan(triedAt + LIVE_CONFIRM_MS + 60_000);
        return;
      }
      expect(at).toBeGreaterThanOrEqual(triedAt + 5_000);
      expect(at).toBeLessThan(triedAt + LIVE_PUBLISH_MAX_MS);
    }),
  );
});

test("the more tries fail, the longer is the pause before the next, up to the longest", () => {
  const triedAt = 1_000_000;
  const pauses = [0, 1, 2, 3, 20].map((failures) => {
    const state = { changed: true, unsaved: false, publishedViewers: 0, triedAt, failures };
    const more = { underway: false, jitter: 0 };
    return Number(nextPublishAt(LIST_RHYTHM, { ...state, ...more })) - triedAt;
  });
  expect(pauses).toEqual([5_000, 10_000, 17_000, 17_000, 17_000]);
});

test("the alarm is for what is due first, not in the past, and none when nothing is left", () => {
  expect(nextRoomAlarm([null, null], 5)).toBeNull();
  expect(nextRoomAlarm([null, 1_000, 90], 5)).toBe(90);
  expect(nextRoomAlarm([1, null, 90], 5)).toBe(5);
});
