import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SlotSums } from "../../../src/core/views/slot-window.ts";
import { TOLD_FIRST, TOLD_MAX, toldSlots } from "../../../src/core/views/told-slots.ts";
import { content } from "../../support/events.ts";

const NOBODY = { categoryOf: () => null, isSpread: () => false };

const sumsOf = (id: string, views: number, before = 0): SlotSums => ({
  content: content(id),
  views,
  before,
});

/** Ids in the order of a list, by sorting all of it. */
const sorted = (sums: readonly SlotSums[], of: (sums: SlotSums) => number): readonly string[] =>
  sums
    .filter((it) => of(it) > 0)
    .toSorted((a, b) => of(b) - of(a) || (a.content < b.content ? -1 : 1))
    .map((it) => it.content);

const many = fc
  .array(fc.record({ views: fc.nat({ max: 6 }), before: fc.nat({ max: 6 }) }), {
    minLength: 1,
    maxLength: 400,
    size: "max",
  })
  .map((all) => all.map(({ views, before }, at) => sumsOf(`c${at}`, views, before)));

const categoryOf = (id: string): string | null => [null, "x", "y"][Number(id.slice(1)) % 3] ?? null;

describe("what a shard tells", () => {
  test("is the first hundred of both windows, of all and of each category, each content once", () => {
    fc.assert(
      fc.property(many, (sums) => {
        const expected = new Set<string>();
        for (const category of [undefined, "x", "y"]) {
          const list = sums.filter(
            (it) => category === undefined || categoryOf(it.content) === category,
          );
          for (const of of [(it: SlotSums) => it.views, (it: SlotSums) => it.before]) {
            for (const id of sorted(list, of).slice(0, TOLD_FIRST)) expected.add(id);
          }
        }
        const told = toldSlots(sums, { ...NOBODY, categoryOf });
        expect(new Set(told.map((it) => it.content))).toEqual(expected);
        expect(told).toHaveLength(expected.size);
        const given = new Set(sums);
        expect(told.every((it) => given.has(it))).toBe(true);
      }),
    );
  });

  test("has every content that is spread over shards in it, however few its views", () => {
    const sums = Array.from({ length: 300 }, (_, at) => sumsOf(`c${at}`, at + 1));
    const last = content("c0");
    expect(toldSlots(sums, NOBODY).some((it) => it.content === last)).toBe(false);
    const told = toldSlots(sums, { ...NOBODY, isSpread: (id) => id === last });
    expect(told.some((it) => it.content === last)).toBe(true);
  });

  test("is never more than five thousand: the lists of all first, then all else in turns", () => {
    const sums = Array.from({ length: 20_000 }, (_, at) => sumsOf(`c${at}`, 20_000 - at));
    const rules = {
      categoryOf: (id: string) => `category-${Number(id.slice(1)) % 100}`,
      isSpread: (id: string) => Number(id.slice(1)) >= 10_000,
    };
    const told = toldSlots(sums, rules).map((it) => Number(it.content.slice(1)));
    expect(told).toHaveLength(TOLD_MAX);
    for (let at = 0; at < TOLD_FIRST; at += 1) expect(told).toContain(at);
    // Spread ones take half of the room, and the first places of categories the other half.
    const spread = told.filter((at) => at >= 10_000);
    expect(spread).toEqual(Array.from({ length: 2_450 }, (_, at) => 10_000 + at));
    const places = told.filter((at) => at < 10_000);
    expect(places.toSorted((a, b) => a - b)).toEqual(places.map((_, at) => at));
  });

  test("leaves room to spread contents that categories do not need", () => {
    const sums = Array.from({ length: 6_000 }, (_, at) => sumsOf(`c${at}`, 6_000 - at));
    expect(toldSlots(sums, { ...NOBODY, isSpread: () => true })).toHaveLength(TOLD_MAX);
  });

  test("is nothing where nothing is", () => {
    expect(toldSlots([], NOBODY)).toEqual([]);
  });
});
