import { expect, test } from "vitest";
import { formatNumber, inBatches } from "../../src/client/count-text.ts";

test("a number is written as its language has it", () => {
  expect(formatNumber(1_234_567, "en")).toBe("1,234,567");
  expect(formatNumber(1_234_567, "de")).toBe("1.234.567");
  expect(formatNumber(1_234_567, "en", "compact")).toBe("1.2M");
});

test("a language or format that is none costs the formatting, not the number", () => {
  expect(formatNumber(1_234, "no_language")).toBe("1234");
  expect(formatNumber(1_234, "en", "pretty")).toBe("1234");
});

test("each id is asked for once, and never more than 100 of them at a time", () => {
  const ids = Array.from({ length: 250 }, (_, i) => `id-${i}`);
  const batches = inBatches([...ids, ...ids]);

  expect(batches.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(batches.flat()).toEqual(ids);
});

test("what is no id is not asked for, since the service would refuse all that comes with it", () => {
  expect(inBatches(["a", "", "not an id", "x".repeat(65), "b&content=c"])).toEqual([["a"]]);
  expect(inBatches([""])).toEqual([]);
});
