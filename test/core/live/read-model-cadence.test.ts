import fc from "fast-check";
import { expect, test } from "vitest";
import { LIVE_PUBLISH_MAX_MS, PUBLISH_TIMEOUT_MS } from "../../../src/core/limits.ts";
import {
  nextPublishAt,
  type PublishState,
  READ_MODEL_RHYTHM,
} from "../../../src/core/live/publish-cadence.ts";

const SECOND = 1_000;
/** Everything in the histories happens at multiples of it. */
const TICK_MS = 100;
const LONG_AGO = -1_000_000;

interface Spoken {
  readonly at: number;
  readonly viewers: number;
}

interface Change {
  readonly at: number;
  readonly viewers: number;
}

/** By what it is asked for: the room speaks when it is told to, and everything is answered at once. */
const spokenOf = (changes: readonly Change[], until: number, jitter: number): readonly Spoken[] => {
  const spoken: Spoken[] = [];
  let viewers = 0;
  for (let now = 0; now <= until; ) {
    for (const change of changes) if (change.at <= now) viewers = change.viewers;
    const last = spoken.at(-1) ?? { at: LONG_AGO, viewers: 0 };
    const due = nextPublishAt(READ_MODEL_RHYTHM, {
      changed: last.viewers !== viewers,
      unsaved: false,
      publishedViewers: last.viewers,
      triedAt: last.at,
      underway: false,
      failures: 0,
      jitter,
    });
    if (due !== null && due <= now) spoken.push({ at: now, viewers });
    else {
      const next = changes.find(({ at }) => at > now)?.at ?? until + 1;
      now = Math.min(next, due ?? until + 1);
    }
  }
  return spoken;
};

/** The same from the rules, by looking at every moment. */
const naive = (changes: readonly Change[], until: number): readonly Spoken[] => {
  const spoken: Spoken[] = [];
  for (let now = 0; now <= until; now += TICK_MS) {
    const { viewers } = changes.findLast(({ at }) => at <= now) ?? { viewers: 0 };
    const last = spoken.at(-1) ?? { at: LONG_AGO, viewers: 0 };
    const news = viewers !== last.viewers && now - last.at >= SECOND;
    const repeat = last.viewers > 0 && now - last.at >= 17 * SECOND;
    if (news || repeat) spoken.push({ at: now, viewers });
  }
  return spoken;
};

const histories = fc
  .array(fc.record({ gap: fc.oneof(fc.nat(15), fc.nat(400)), viewers: fc.nat(2) }), {
    maxLength: 40,
  })
  .map((steps) => {
    let at = 0;
    return steps.map(({ gap, viewers }) => {
      at += gap * TICK_MS;
      return { at, viewers };
    });
  });

test("a room says what it would say if it looked at every moment", () => {
  fc.assert(
    fc.property(histories, (changes) => {
      const until = (changes.at(-1)?.at ?? 0) + 60 * SECOND;
      expect(spokenOf(changes, until, 0)).toEqual(naive(changes, until));
    }),
  );
});

test("whatever the jitter, what was told last was true within the last second, at most one call a second is made, the last value arrives and a number that stands is never 20 s old", () => {
  fc.assert(
    fc.property(histories, fc.double({ min: 0, max: 0.999, noNaN: true }), (changes, jitter) => {
      const until = (changes.at(-1)?.at ?? 0) + 60 * SECOND;
      const spoken = spokenOf(changes, until, jitter);
      for (const [index, { at, viewers }] of spoken.entries()) {
        const next = spoken[index + 1] ?? { at: until };
        if (index + 1 < spoken.length) expect(next.at - at).toBeGreaterThanOrEqual(SECOND);
        if (viewers > 0) expect(next.at - at).toBeLessThan(LIVE_PUBLISH_MAX_MS);
      }
      for (const { at } of changes) {
        const told = spoken.findLast((it) => it.at <= at + SECOND)?.viewers ?? 0;
        const before = changes.findLast((it) => it.at <= at)?.viewers;
        const within = changes.filter((it) => it.at > at && it.at <= at + SECOND);
        expect([before, ...within.map(({ viewers }) => viewers)]).toContain(told);
      }
      expect(spoken.at(-1)?.viewers ?? 0).toBe(changes.at(-1)?.viewers ?? 0);
    }),
  );
});

const quiet: PublishState = {
  changed: false,
  unsaved: false,
  publishedViewers: 0,
  triedAt: 1_000_000,
  underway: false,
  failures: 0,
  jitter: 0,
};

const pauseOf = (state: Partial<PublishState>): number | null => {
  const at = nextPublishAt(READ_MODEL_RHYTHM, { ...quiet, ...state });
  return at === null ? null : at - quiet.triedAt;
};

test("the more tries fail, the longer is the pause before the next, up to the longest of a number that stands", () => {
  const pauses = (publishedViewers: number, changed: boolean) =>
    [1, 2, 3, 4, 5, 2_000].map((failures) => pauseOf({ changed, publishedViewers, failures }));
  const doubled = [2_000, 4_000, 8_000, 16_000, 17_000, 17_000];
  expect(pauses(0, true)).toEqual(doubled);
  expect(pauses(3, false)).toEqual(doubled);
});

test("what is under way is waited for, until it can only be lost", () => {
  fc.assert(
    fc.property(fc.nat(20), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, jitter) => {
      const state = { changed: true, failures, jitter };
      const [free, busy] = [pauseOf(state), pauseOf({ ...state, underway: true })];
      expect(busy).toBeGreaterThan(PUBLISH_TIMEOUT_MS);
      expect(busy).toBe(Math.max(free ?? 0, PUBLISH_TIMEOUT_MS + SECOND));
      expect(busy).toBeLessThan(LIVE_PUBLISH_MAX_MS);
    }),
  );
  expect(pauseOf({ underway: true })).toBeNull();
});
