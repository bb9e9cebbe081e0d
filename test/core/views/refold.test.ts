import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../src/core/limits.ts";
import { formatEventId } from "../../../src/core/views/event-id.ts";
import { type CarriedKey, StrictFold } from "../../../src/core/views/refold.ts";
import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { decodeCarry, encodeCarry } from "../../../src/protocol/carry.ts";
import { makeEvent, visitor } from "../../support/events.ts";
import { issued, MIDNIGHT, naively } from "../../support/histories.ts";
import { NaiveOracle } from "../../support/naive-oracle.ts";

const START = MIDNIGHT;

const inOrder = (events: readonly ViewEvent[]): readonly ViewEvent[] =>
  events.toSorted((a, b) => a.at - b.at || (formatEventId(a.id) < formatEventId(b.id) ? -1 : 1));

const judgeAll = (events: readonly ViewEvent[], carry: readonly CarriedKey[] = []) => {
  const fold = new StrictFold(carry);
  const verdicts = events.map((event) => fold.judge({ ...event, excluded: false, held: false }));
  return { fold, verdicts };
};

test("events in their order count as one would count them by hand", () => {
  fc.assert(
    fc.property(issued(40), (events) => {
      const oracle = new NaiveOracle();
      const sorted = inOrder(events);
      const expected = sorted.map((event) => oracle.counts(naively(event)));
      const { verdicts } = judgeAll(sorted);
      expect(verdicts.map((verdict) => verdict === "counted")).toEqual(expected);
    }),
  );
});

test("cut at any minute and gone on from what is carried, the fold says what it says in one go", () => {
  const cut = fc.integer({ min: -30, max: 30 });
  fc.assert(
    fc.property(issued(40), cut, (events, minutes) => {
      const sorted = inOrder(events);
      const until = START + minutes * MINUTE_MS;
      const first = judgeAll(sorted.filter(({ at }) => at < until));
      const carry = decodeCarry(encodeCarry(until, first.fold.carry(until)));
      const second = judgeAll(
        sorted.filter(({ at }) => at >= until),
        carry,
      );
      expect([...first.verdicts, ...second.verdicts]).toEqual(judgeAll(sorted).verdicts);
    }),
  );
});

test("a chain of views that runs over an hour's edge is told apart by what was counted, not by what was there", () => {
  const gaps = fc.array(fc.integer({ min: 5_000, max: 55_000 }), {
    minLength: 200,
    maxLength: 300,
  });
  fc.assert(
    fc.property(gaps, (chain) => {
      let at = START - 1_800_000;
      const events = chain.map((gap, serial) => {
        at += gap;
        return makeEvent({ serial, at, content: "a", visitor: visitor(1) });
      });
      const whole = judgeAll(events);
      const before = judgeAll(events.filter((event) => event.at < START));
      const after = events.filter((event) => event.at >= START);
      const carried = judgeAll(after, before.fold.carry(START));
      expect(carried.verdicts).toEqual(whole.verdicts.slice(-after.length));
    }),
    { numRuns: 20 },
  );
});

test("a look back over the last minute's events alone would count such a chain otherwise", () => {
  // Every 25 s: every third one counts. The last to count before the edge lies 65 s before it.
  const events = Array.from({ length: 200 }, (_, serial) => {
    const at = START - HOUR_MS + 10_000 + serial * 25_000;
    return makeEvent({ serial, at, content: "a", visitor: visitor(1) });
  });
  const lookBack = events.filter(({ at }) => at >= START - MINUTE_MS);
  const after = events.filter(({ at }) => at >= START);
  const whole = judgeAll(events).verdicts.slice(-after.length);
  const shorter = judgeAll(lookBack).verdicts.slice(-after.length);
  expect(shorter).not.toEqual(whole);
});

test("what is excluded suppresses nothing", () => {
  const fold = new StrictFold([]);
  const event = (serial: number) =>
    makeEvent({ serial, at: START + serial, content: "a", visitor: visitor(1) });
  expect(fold.judge({ ...event(1), excluded: true, held: false })).toBe("excluded");
  expect(fold.judge({ ...event(2), excluded: false, held: false })).toBe("counted");
});

test("a carry of another version, or torn, is refused and not read as something else", () => {
  const carry = encodeCarry(START, [{ key: { hi: 1, lo: 2 }, at: START - 1 }]);
  expect(decodeCarry(carry)).toEqual([{ key: { hi: 1, lo: 2 }, at: START - 1 }]);
  expect(() => decodeCarry(carry.subarray(0, carry.length - 1))).toThrow("no carry");
  expect(() => decodeCarry(carry.with(0, 2))).toThrow("version 2");
});
