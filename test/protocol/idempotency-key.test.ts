import fc from "fast-check";
import { expect, test } from "vitest";
import { parseIdempotencyKey } from "../../src/protocol/idempotency-key.ts";

const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
const keys = fc.string({ unit: printable, minLength: 1, maxLength: 255 });

test("whatever is printable is a key once it is quoted, and comes out as it was", () => {
  fc.assert(
    fc.property(keys, (key) => {
      expect(parseIdempotencyKey(`"${key.replaceAll(/["\\]/g, "\\$&")}"`)).toBe(key);
    }),
  );
});

test("without quotes it is the same key, unless it begins like a quoted one or with a blank", () => {
  fc.assert(
    fc.property(keys, (key) => {
      if (/^[ "]/.test(key)) return;
      expect(parseIdempotencyKey(key)).toBe(key);
    }),
  );
});

test.each([
  [""],
  ['""'],
  ['"'],
  ['"open'],
  ['"a" "b"'],
  ['"a", "b"'],
  ['"a";p=1'],
  ['"a\\b"'],
  ['"a\\"'],
  ["x".repeat(256)],
  [`"${"x".repeat(256)}"`],
  ["é"],
  ['"é"'],
  ["a\tb"],
  ["a\nb"],
  ["a\u007f"],
])("%j is none", (text) => {
  expect(parseIdempotencyKey(text)).toBeUndefined();
});

test("255 characters are a key, counted without what escapes them", () => {
  expect(parseIdempotencyKey("x".repeat(255))).toHaveLength(255);
  expect(parseIdempotencyKey(`"${'\\"'.repeat(255)}"`)).toBe('"'.repeat(255));
});
