import fc from "fast-check";
import { expect, test } from "vitest";
import { ContentIndex } from "../../../../src/app/views/correction/content-index.ts";
import { content } from "../../../support/events.ts";

const contents = fc.array(fc.constantFrom("a", "b", "c", "d", "__proto__").map(content));

test("a content keeps the number it first got, numbers have no gaps, and the list has each at its number", () => {
  fc.assert(
    fc.property(contents, (some) => {
      const index = new ContentIndex();
      const numbers = some.map((id) => index.numberOf(id));
      expect(numbers.map((number) => index.all()[number])).toEqual(some);
      expect(index.all()).toEqual([...new Set(some)]);
    }),
  );
});

test("after clearing, numbers begin at 0 again and none of the contents before are left", () => {
  const index = new ContentIndex();
  index.numberOf(content("a"));
  index.numberOf(content("b"));
  index.clear();
  expect(index.numberOf(content("b"))).toBe(0);
  expect(index.all()).toEqual(["b"]);
});
