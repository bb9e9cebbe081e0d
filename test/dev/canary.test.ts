import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import { ALLOWED } from "../../dev/prove/canary/allowed.ts";
import { MarkBook } from "../../dev/prove/canary/book.ts";
import { ENCODINGS, needlesOf, written } from "../../dev/prove/canary/encodings.ts";
import { makeFinder } from "../../dev/prove/canary/finder.ts";
import { MARK_KINDS, makeAddress, makeMark, markOfSecret } from "../../dev/prove/canary/marks.ts";
import { search } from "../../dev/prove/canary/search.ts";
import { unpack } from "../../dev/prove/canary/unpack.ts";
import type { Written } from "../../dev/prove/canary/written.ts";

const secret = "Zm9vYmFyLWJhei1xdXV4LWNvcmdlLWdyYXVsdC13YWw";
const MARKS = [
  makeMark("user agent", 'Mozilla/5.0 ("Ä" \\ *)'),
  makeAddress(4),
  makeAddress(6),
  markOfSecret("admin key", secret),
];

const answer = (bytes: Uint8Array, name = "GET / 200"): Written => ({
  ...{ place: "answers", name, bytes },
});
const noise = fc.uint8Array({ maxLength: 300 });

describe("a mark is found", () => {
  for (const mark of MARKS) {
    test.each(ENCODINGS)(`as ${mark.kind} in %s, whatever is around it`, (encoding) => {
      const finder = makeFinder(MARKS);
      fc.assert(
        fc.property(noise, noise, (before, after) => {
          const bytes = Buffer.concat([before, written(mark.text, encoding), after]);
          expect(finder.find(bytes).map((found) => found.mark)).toContain(mark);
        }),
        { numRuns: 50 },
      );
    });
  }

  test("within base64 of something longer, wherever it begins", () => {
    for (const mark of MARKS) {
      for (const before of ["", "a", "ab", "abc"]) {
        const bytes = Buffer.from(Buffer.from(`${before}${mark.text}!`).toString("base64url"));
        expect(makeFinder([mark]).find(bytes)).not.toEqual([]);
      }
    }
  });

  test("when half of it was cut off, at either end", () => {
    const mark = makeMark("token");
    const half = mark.text.length >> 1;
    for (const text of [mark.text.slice(0, half), mark.text.slice(half)]) {
      expect(makeFinder([mark]).find(Buffer.from(text))).toHaveLength(1);
    }
  });

  test("in a gzip stream in a gzip stream between other bytes, cut off or not", () => {
    const inner = gzipSync(`noted: ${secret}`);
    const bytes = Buffer.concat([Buffer.from("head"), gzipSync(inner, { level: 0 }), inner]);
    const found = search(MARKS, [answer(bytes), answer(inner.subarray(0, -8), "cut")], []);
    expect(new Set(found.leaks.map(({ name }) => name))).toEqual(new Set(["GET / 200", "cut"]));
    expect(found.leaks.every(({ packed }) => packed)).toBe(true);
    expect(unpack(Buffer.from("nothing in it"))).toEqual([]);
  });

  test("as a secret's own bytes, and as an address' digest without a salt", () => {
    const raw = Buffer.from(secret, "base64url");
    expect(makeFinder(MARKS).find(raw)).not.toEqual([]);
    expect(new Set(MARKS.flatMap(needlesOf).map(({ encoding }) => encoding))).toEqual(
      new Set(ENCODINGS),
    );
  });
});

describe("nothing is found", () => {
  test("in random bytes, and in marks of others", () => {
    const finder = makeFinder(MARKS);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(finder.find(bytes)).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(finder.find(Buffer.from(makeMark("token").text))).toEqual([]);
  });

  test("that is too short to be told from an accident: it is refused", () => {
    expect(() => markOfSecret("password", "short")).toThrow("too short");
  });
});

describe("what is allowed", () => {
  test("is allowed there alone, in that form", () => {
    const book = new MarkBook();
    const token = book.make("token");
    const bytes = Buffer.from(token);
    const judged = search(
      book.marks,
      [
        answer(bytes, "POST /v1/views 202"),
        answer(Buffer.from(bytes.toString("hex")), "POST /v1/views 202"),
        answer(bytes, "POST /v1/views/confirm 202"),
        { place: "output", name: "POST /v1/views 202", bytes },
      ],
      ALLOWED,
    );
    expect(judged.leaks.map(({ place, name, encoding }) => [place, name, encoding])).toEqual([
      ["answers", "POST /v1/views 202", "hex"],
      ["answers", "POST /v1/views/confirm 202", "plain"],
      ["output", "POST /v1/views 202", "plain"],
    ]);
  });

  test("never stands in what is printed, and is no address, no user agent and no visitor", () => {
    const kinds = new Set(ALLOWED.flatMap((rule) => rule.kinds));
    expect(ALLOWED.filter(({ place }) => place === "output")).toEqual([]);
    expect(MARK_KINDS.filter((kind) => kinds.has(kind))).toEqual([
      ...["token", "admin key", "named key", "signing key", "password", "master data"],
    ]);
    for (const { reason } of ALLOWED) expect(reason.length).toBeGreaterThan(20);
  });
});

test("the platform keeps no log of requests, which would have addresses, keys and tickets in it", () => {
  const { observability } = unstable_readConfig({ config: "./wrangler.toml" });
  expect(observability).toMatchObject({
    redact_query_string: true,
    logs: { invocation_logs: false },
  });
});
