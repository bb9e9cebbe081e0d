import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Judged, judge, raiseHorizon, remember } from "../../../src/core/views/fold.ts";
import { CountedWindow } from "../../../src/core/views/window.ts";
import { makeEvent, visitor } from "../../support/events.ts";
import { arrivals, issued, MIDNIGHT, naively } from "../../support/histories.ts";
import { NaiveOracle } from "../../support/naive-oracle.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const LONG_AGO = 0;

const fold = (events: readonly Judged[], horizon = LONG_AGO) => {
  const window = new CountedWindow();
  return events.map((event) => judge(window, horizon, event));
};

const viewAt = (serial: number, at: number, more: Partial<Parameters<typeof makeEvent>[0]> = {}) =>
  makeEvent({ serial, at, content: "a", visitor: visitor(1), ...more });

describe("the fold agrees with an independent naive oracle", () => {
  test("on copies in any order of arrival, around midnight", () => {
    fc.assert(
      fc.property(arrivals(), (events) => {
        const oracle = new NaiveOracle();
        const counted = fold(events).map((verdict) => verdict === "counted");
        expect(counted).toEqual(events.map((event) => oracle.counts(naively(event))));
      }),
      { numRuns: 1_000 },
    );
  });

  test("on events behind a horizon that rises between arrivals", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(arrivals(), steps, (events, rises) => {
        const oracle = new NaiveOracle();
        const window = new CountedWindow();
        let horizon = MIDNIGHT - 15 * 60_000;
        for (const [index, event] of events.entries()) {
          const counted = judge(window, horizon, event) === "counted";
          expect(counted).toBe(oracle.counts(naively(event), horizon));
          horizon += rises[index] ?? 0;
          window.dropBelow(horizon);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("with a window rebuilt from what was counted after any event", () => {
    fc.assert(
      fc.property(arrivals(), fc.nat(), (events, evictAfter) => {
        const lived = fold(events);
        let window = new CountedWindow();
        const seen: Judged[] = [];
        const verdicts = events.map((event, index) => {
          if (index === evictAfter % events.length) {
            window = new CountedWindow();
            for (const counted of seen) remember(window, counted);
          }
          const verdict = judge(window, LONG_AGO, event);
          if (verdict === "counted") seen.push(event);
          return verdict;
        });
        expect(verdicts).toEqual(lived);
      }),
    );
  });
});

test("no two counted views of a visitor are less than 60 s apart, whatever arrives in whatever order", () => {
  fc.assert(
    fc.property(arrivals(40), (events) => {
      const verdicts = fold(events);
      const counted = events.filter((_, index) => verdicts[index] === "counted").map(naively);
      for (const [index, one] of counted.entries()) {
        for (const other of counted.slice(index + 1)) {
          const sameVisitor = one.keys.some((key) => other.keys.includes(key));
          const apart = Math.abs(one.at - other.at);
          expect(sameVisitor && one.content === other.content && apart < 60_000).toBe(false);
        }
      }
    }),
  );
});

test("the copies of one event count once together, however many there are", () => {
  fc.assert(
    fc.property(issued(10), fc.integer({ min: 2, max: 5 }), (events, copies) => {
      const once = fold(events).filter((verdict) => verdict === "counted").length;
      const repeated = events.flatMap((event) => Array.from({ length: copies }, () => event));
      expect(fold(repeated).filter((verdict) => verdict === "counted")).toHaveLength(once);
    }),
  );
});

describe("at the edge of the minute", () => {
  test.each([
    [0, "duplicate"],
    [40_000, "duplicate"],
    [59_999, "duplicate"],
    [60_000, "counted"],
    [60_001, "counted"],
  ])("a view %i ms later is %s, and so is one as much earlier", (distance, verdict) => {
    expect(fold([viewAt(1, NOON), viewAt(2, NOON + distance)])).toEqual(["counted", verdict]);
    expect(fold([viewAt(1, NOON), viewAt(2, NOON - distance)])).toEqual(["counted", verdict]);
  });

  test("what was not counted suppresses nothing: of views each 40 s apart every other one counts", () => {
    const events = [0, 1, 2, 3, 4].map((step) => viewAt(step, NOON + step * 40_000));
    expect(fold(events)).toEqual(["counted", "duplicate", "counted", "duplicate", "counted"]);
  });
});

describe("around the change of salts at midnight", () => {
  const before = viewAt(1, MIDNIGHT - 20_000, { visitor: visitor(1) });
  const after = viewAt(2, MIDNIGHT + 20_000, { visitor: visitor(2), previousVisitor: visitor(1) });

  test("a visitor is recognised by yesterday's key, whichever event arrives first", () => {
    expect(fold([before, after])).toEqual(["counted", "duplicate"]);
    expect(fold([after, before])).toEqual(["counted", "duplicate"]);
  });

  test("another visitor is not", () => {
    const stranger = viewAt(3, MIDNIGHT + 20_000, {
      visitor: visitor(4),
      previousVisitor: visitor(3),
    });
    expect(fold([before, stranger])).toEqual(["counted", "counted"]);
  });
});

describe("the edge's verdict", () => {
  test.each(["bot", "prefetch"] as const)("%s is kept and takes nobody's place", (verdict) => {
    const events = [viewAt(1, NOON, { verdict }), viewAt(2, NOON + 1)];
    expect(fold(events)).toEqual([verdict, "counted"]);
  });

  test("a code of a later version is kept and not counted", () => {
    const event = { ...viewAt(1, NOON), edgeVerdict: 9 };
    expect(fold([event])).toEqual(["unknown"]);
  });
});

describe("the horizon", () => {
  test("an event is judged only if the whole minute before it is known", () => {
    expect(fold([viewAt(1, NOON + 60_000)], NOON)).toEqual(["counted"]);
    expect(fold([viewAt(1, NOON + 59_999)], NOON)).toEqual(["late"]);
  });

  test("it lies 20 min back and never falls, even when a clock steps back", () => {
    expect(raiseHorizon(0, NOON)).toBe(NOON - 20 * 60_000);
    expect(raiseHorizon(NOON - 20 * 60_000, NOON - 5_000)).toBe(NOON - 20 * 60_000);
  });
});
