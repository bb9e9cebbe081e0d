import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SlotWindow } from "../../../src/core/views/slot-window.ts";
import { SLOT_MS, slotOf } from "../../../src/core/views/slots.ts";
import { content } from "../../support/events.ts";
import { naiveSlots } from "../../support/naive-slots.ts";

const NOON = Date.UTC(2026, 10, 21, 12);

const shown = (window: SlotWindow, now: number) =>
  Object.fromEntries(
    [...window.sums(slotOf(now))].map((sums) => [sums.content, [sums.views, sums.before]]),
  );

interface Step {
  readonly passMs: number;
  readonly id: string;
  /** Before the moment reached; below 0 it is of the next slot. */
  readonly agoMs: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  passMs: fc.oneof(
    fc.constantFrom(0, 1, SLOT_MS - 1, SLOT_MS, SLOT_MS + 1),
    fc.nat({ max: 3 * SLOT_MS }),
    fc.constantFrom(12 * SLOT_MS, 23 * SLOT_MS, 24 * SLOT_MS, 60 * SLOT_MS),
  ),
  id: fc.constantFrom("a", "b", "c", "d"),
  agoMs: fc.oneof(fc.constantFrom(0, -3_000, SLOT_MS), fc.nat({ max: 30 * SLOT_MS })),
});

describe("the window of slots", () => {
  test("tells what a count of all views one by one tells, whenever it is asked", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const window = new SlotWindow(slotOf(NOON));
        const views: { content: string; at: number }[] = [];
        let now = NOON;
        for (const { passMs, id, agoMs } of steps) {
          now += passMs;
          const at = now - agoMs;
          window.turn(slotOf(now));
          window.add(content(id), slotOf(at), 1);
          views.push({ content: id, at });
          expect(shown(window, now)).toEqual(naiveSlots(views, now));
        }
        now += 24 * SLOT_MS;
        expect(shown(window, now)).toEqual(naiveSlots(views, now));
      }),
      { numRuns: 300 },
    );
  });

  test("holds nothing of contents whose last view has fallen out", () => {
    const window = new SlotWindow(0);
    window.add(content("a"), 0, 3);
    window.add(content("b"), 1, 1);
    window.turn(24);
    expect(window.size).toBe(2);
    window.turn(25);
    expect(window.has(content("a"))).toBe(false);
    expect(window.size).toBe(1);
  });

  test("after a clock that fell back tells less rather than the views of other slots", () => {
    const window = new SlotWindow(100);
    window.add(content("a"), 100, 5);
    window.add(content("a"), 90, 2);
    expect([...window.sums(97)]).toEqual([{ content: content("a"), views: 2, before: 0 }]);
  });

  test("cut to its size keeps the contents with the most views in all", () => {
    const window = new SlotWindow(20);
    for (const [id, slot, views] of [
      ["a", 20, 3],
      ["b", 19, 2],
      ["b", 1, 2],
      ["c", 20, 1],
      ["d", 20, 3],
    ] as const) {
      window.add(content(id), slot, views);
    }
    window.keepMost(2);
    expect([..."abcd"].filter((id) => window.has(content(id)))).toEqual(["a", "b"]);
  });
});
