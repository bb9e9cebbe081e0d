import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { latest, linesOf, type Seen, verdictsOf } from "../../dev/prove/drill/timeline.ts";

const look = (ms: number, answer: string | undefined, right: boolean, reader = "list"): Seen => ({
  ...{ ms, reader, answer, right },
});

describe("what is said of a reader", () => {
  test("its first answer is the first, right or wrong; no answer is none", () => {
    const seen = [look(100, undefined, false), look(200, "3", false), look(300, "5", true)];
    expect(verdictsOf(seen)).toEqual([{ reader: "list", firstMs: 200, evenMs: 300 }]);
  });

  test("an answer from what was just dying is not the first", () => {
    const seen = [look(10, "5", true), look(200, undefined, false), look(900, "5", true)];
    expect(verdictsOf(seen)).toEqual([{ reader: "list", firstMs: 900, evenMs: 900 }]);
  });

  test("it is even from the right answer on that no other follows", () => {
    const seen = [
      ...[look(100, "5", true), look(200, "4", false), look(300, "5", true), look(400, "5", true)],
    ];
    expect(verdictsOf(seen)).toEqual([{ reader: "list", firstMs: 100, evenMs: 300 }]);
  });

  test("a right answer that a failure follows has not lasted", () => {
    const seen = [look(100, "5", true), look(200, undefined, false)];
    expect(verdictsOf(seen)).toEqual([{ reader: "list", firstMs: undefined, evenMs: undefined }]);
  });

  test("what was right before the truth changed does not count", () => {
    const seen = [look(100, "5", true), look(400, "4", true)];
    expect(verdictsOf(seen, 200)).toEqual([{ reader: "list", firstMs: 100, evenMs: 400 }]);
    expect(verdictsOf(seen, 500)).toEqual([{ reader: "list", firstMs: 100, evenMs: undefined }]);
  });

  test("what another reader sees changes nothing of it", () => {
    const seen = [look(100, "5", true), look(200, "4", false, "stream"), look(300, "5", true)];
    expect(verdictsOf(seen)).toEqual([
      { reader: "list", firstMs: 100, evenMs: 100 },
      { reader: "stream", firstMs: 200, evenMs: undefined },
    ]);
  });

  test("from its time of being even on, all is right, and what comes just before is not", () => {
    const any = fc.array(
      fc.record({ ms: fc.nat(50), right: fc.boolean(), answered: fc.boolean() }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(any, (raw) => {
        const seen = raw
          .toSorted((a, b) => a.ms - b.ms)
          .map(({ right, answered }, ms) => look(ms, answered ? "5" : undefined, right));
        const [verdict] = verdictsOf(seen.toReversed());
        const evenMs = verdict?.evenMs ?? seen.length;
        expect(seen.slice(evenMs).every(({ right }) => right)).toBe(true);
        expect(seen[evenMs - 1]?.right ?? false).toBe(false);
      }),
    );
  });
});

test("all are even when the last of them is, and not before", () => {
  expect(latest([300, 100, 200])).toBe(300);
  expect(latest([300, undefined, 200])).toBe(undefined);
});

describe("the timeline", () => {
  test("tells what was done and what readers saw, in the order of time", () => {
    const notes = [
      { ms: 0, text: "the blow" },
      { ms: 1_500, text: "three leave" },
    ];
    const seen = [look(2_000, "5", true), look(250, undefined, false)];
    expect(linesOf(notes, seen)).toEqual([
      "   0.00 s  the blow",
      "   0.25 s  list: no answer  (not yet)",
      "   1.50 s  three leave",
      "   2.00 s  list: 5",
    ]);
  });

  test("an answer that stays is told once", () => {
    const seen = [look(0, "5", true), look(5_000, "5", true)];
    expect(linesOf([], seen)).toHaveLength(1);
  });

  test("answers that change all the time are told once a second, but for the first and the right one", () => {
    const seen = [
      look(0, undefined, false),
      ...Array.from({ length: 20 }, (_, i) => look(100 + 100 * i, `${i}`, i === 18)),
    ];
    expect(linesOf([], seen)).toEqual([
      "   0.00 s  list: no answer  (not yet)",
      "   0.10 s  list: 0  (not yet)",
      "   1.10 s  list: 10  (not yet)",
      "   1.90 s  list: 18",
      "   2.00 s  list: 19  (not yet)",
    ]);
  });
});
