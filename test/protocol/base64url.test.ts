import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64Url, toBase64Url } from "../../src/protocol/base64url.ts";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });

test("writes what everybody else writes", () => {
  fc.assert(
    fc.property(bytes, (it) => {
      expect(toBase64Url(it)).toBe(Buffer.from(it).toString("base64url"));
    }),
  );
});

test("reads back what it wrote", () => {
  fc.assert(
    fc.property(bytes, (it) => {
      expect(fromBase64Url(toBase64Url(it))).toEqual(it);
    }),
  );
});

test("an array has one text: every other one is refused", () => {
  const nearly = fc.string({
    unit: fc.constantFrom(..."AQgwz09-_+/= \n\u00e9\u0141"),
    maxLength: 9,
  });
  fc.assert(
    fc.property(nearly, (text) => {
      const read = fromBase64Url(text);
      if (read === undefined) expect(isCanonical(text)).toBe(false);
      else expect(toBase64Url(read)).toBe(text);
    }),
    { numRuns: 5_000 },
  );
});

const isCanonical = (text: string): boolean =>
  text !== "" && Buffer.from(text, "base64url").toString("base64url") === text;
