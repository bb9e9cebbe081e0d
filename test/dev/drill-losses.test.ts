import { describe, expect, test } from "vitest";
import { lossesOf, type Watched } from "../../dev/prove/drill/lasting.ts";
import type { SavedStream } from "../../dev/prove/drill/saved.ts";

const WINDOW_ENDS = Date.UTC(2026, 10, 21, 12, 5);
const NO_SESSIONS = { sessions: 0, visitors: 0, open: 0, watchedSeconds: 0 };

/** Twenty come a minute before a window ends, two of them for some seconds; the stream ends so long after the window. */
const endingAfter = (afterMs: number, peakOfLast = 20): [Watched, SavedStream] => {
  const endedAt = WINDOW_ENDS + afterMs;
  const watched = {
    attendance: [
      { at: WINDOW_ENDS - 60_000, viewers: 20 },
      { at: WINDOW_ENDS + 3_000, viewers: 18 },
    ],
    came: 20,
    endedAt,
  };
  const watchedSeconds = 20 * 63 + 18 * (afterMs / 1_000 - 3);
  const saved = {
    current: { status: "ended", viewers: 0, peak: 20, total: 20 },
    samples: [
      { recordedAt: WINDOW_ENDS, viewers: 20, peak: 20 },
      { recordedAt: endedAt, viewers: 0, peak: peakOfLast },
    ],
    days: [
      { peak: 20, uniques: 20, sessions: 20, watchedSeconds, liveSeconds: 60 + afterMs / 1_000 },
    ],
    sessions: NO_SESSIONS,
  };
  return [watched, saved];
};

describe("what the database has of a stream is held against what its clients did", () => {
  test.each([4_000, 15_000, 30_000, 90_000])(
    "nothing is missing of a stream that ends %i ms after a window",
    (afterMs) => expect(lossesOf(...endingAfter(afterMs))).toEqual([]),
  );

  test("a peak that nobody can have seen is named, however short the window", () => {
    expect(lossesOf(...endingAfter(15_000, 21))).toEqual([
      "peak of the last sample: 21, not from 0 to 20",
    ]);
  });

  test("a peak below what was there for sure is named", () => {
    expect(lossesOf(...endingAfter(90_000, 17))).toEqual([
      "peak of the last sample: 17, not from 18 to 20",
    ]);
  });
});
