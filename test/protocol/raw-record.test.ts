import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatEventId } from "../../src/core/views/event-id.ts";
import { EDGE_VERDICTS, VERDICTS, type Verdict } from "../../src/core/views/verdict.ts";
import { fromBase64Url } from "../../src/protocol/base64url.ts";
import { hashOfHex, hexOfHash, putEventId } from "../../src/protocol/hex.ts";
import {
  coloOfSource,
  decodeRawRecord,
  encodeRawRecord,
  encodeUnreadable,
  parseRawLine,
} from "../../src/protocol/raw-record.ts";
import { event, hash, time } from "../support/any-event.ts";
import { makeEvent } from "../support/events.ts";

const verdict = fc.constantFrom(...(Object.keys(VERDICTS) as Verdict[]));
const NAMES: Partial<Record<number, string>> = {
  [EDGE_VERDICTS.bot]: "bot",
  [EDGE_VERDICTS.prefetch]: "prefetch",
};
const AT = Date.UTC(2026, 10, 21, 9, 30);

const KEYS = [
  ...["v", "id", "at", "content", "visitor", "prev", "shard", "verdict", "rule", "counted"],
  ...["country", "region", "city", "asnClass", "net", "browser", "colo", "acceptedAt"],
];

const some = {
  event: makeEvent({
    serial: 1,
    at: AT,
    content: "front-page",
    visitor: { hi: 0xf, lo: 1 },
    previousVisitor: { hi: 2 ** 32 - 1, lo: 0 },
    shard: 7,
  }),
  acceptedAt: AT + 4_000,
};
const someLine = encodeRawRecord(some, "counted", "FRA");
const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(someLine), ...change });

describe("a record of the raw log", () => {
  test("says all that is known of an event, and is read back the same, whatever the event", () => {
    fc.assert(
      fc.property(event, time, verdict, fc.string(), (it, acceptedAt, said, colo) => {
        const line = encodeRawRecord({ event: it, acceptedAt }, said, colo);
        expect(line).not.toMatch(/[\r\n]/);
        expect(decodeRawRecord(line)).toEqual({
          event: it,
          acceptedAt,
          colo,
          verdict: expect.any(String),
          counted: it.edgeVerdict === EDGE_VERDICTS.countable && said === "counted",
        });
      }),
    );
  });

  test("has the keys of version 1 in their order, and times as numbers", () => {
    expect(Object.keys(JSON.parse(someLine))).toEqual(KEYS);
    const { previousVisitor: _, ...event } = some.event;
    const without = JSON.parse(encodeRawRecord({ ...some, event }, "counted", "FRA"));
    expect(Object.keys(without)).toEqual(KEYS.filter((key) => key !== "prev"));
    expect(JSON.parse(someLine)).toEqual({
      v: 1,
      id: formatEventId(some.event.id),
      at: AT,
      content: "front-page",
      visitor: "0000000f00000001",
      prev: "ffffffff00000000",
      shard: 7,
      verdict: "counted",
      rule: 1,
      counted: true,
      country: "XX",
      region: "",
      city: "",
      asnClass: "unknown",
      net: "0000000000000000",
      browser: "other",
      colo: "FRA",
      acceptedAt: AT + 4_000,
    });
  });

  test.each<Verdict>(["counted", "duplicate", "late", "unreadable"])(
    "that the Tally called %s is countable, and correction may judge it anew",
    (said) => {
      const record = decodeRawRecord(encodeRawRecord(some, said, "FRA"));
      expect(record).toMatchObject({ verdict: said, counted: said === "counted" });
      expect(record?.event.edgeVerdict).toBe(EDGE_VERDICTS.countable);
    },
  );

  test("keeps the edge's code, also one of a later version, whatever the Tally took it for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), verdict, (edgeVerdict, said) => {
        const it = { ...some, event: { ...some.event, edgeVerdict } };
        const record = decodeRawRecord(encodeRawRecord(it, said, "FRA"));
        expect(record?.event.edgeVerdict).toBe(edgeVerdict);
        expect(record?.verdict).toBe(NAMES[edgeVerdict] ?? `unknown:${edgeVerdict}`);
        expect(record?.counted).toBe(false);
      }),
    );
  });

  test("may have keys this version does not know, and classes: those it leaves alone", () => {
    const later = changed({ score: 1, asnClass: "satellite", browser: "lynx" });
    const { event } = decodeRawRecord(later) ?? {};
    expect(event).toEqual({ ...some.event, asnClass: "unknown", browser: "other" });
  });
});

describe("a line that is no record of a known version is none", () => {
  test.each([
    ...["", "{", "null", "1", "[]", '"a"', "{}", `${someLine}x`, someLine.slice(0, -1)],
    encodeUnreadable({ shard: 1, position: 1, bytes: new Uint8Array([1]) }),
  ])("%j", (line) => {
    expect(decodeRawRecord(line)).toBeUndefined();
    expect(parseRawLine(line)).toBeUndefined();
  });

  test.each(KEYS.filter((key) => key !== "prev"))("one without %s", (key) => {
    expect(decodeRawRecord(changed({ [key]: undefined }))).toBeUndefined();
    expect(decodeRawRecord(changed({ [key]: null }))).toBeUndefined();
  });

  test.each([
    { v: 2 },
    { v: "1" },
    { at: AT + 1 },
    { at: -1 },
    { at: 1.5 },
    { id: someLine.slice(0, 36) },
    { id: `${formatEventId(some.event.id)}0` },
    { id: formatEventId(some.event.id).toUpperCase().replaceAll("-", "_") },
    { content: "front page" },
    { visitor: "0000000F00000001" },
    { visitor: "000000000000001" },
    { visitor: "00000000000000001" },
    { prev: null },
    { prev: "" },
    { net: "zzzzzzzzzzzzzzzz" },
    { verdict: "good" },
    { verdict: "unknown:" },
    { verdict: "unknown:-1" },
    { verdict: "unknown:03" },
    { counted: 1 },
  ])("one with %j", (change) => {
    expect(decodeRawRecord(changed({}))).toBeDefined();
    expect(decodeRawRecord(changed(change))).toBeUndefined();
  });
});

describe("hexadecimal", () => {
  test("a hash is 16 digits, and nothing else is a hash", () => {
    fc.assert(
      fc.property(hash, fc.string({ minLength: 14, maxLength: 18 }), (it, text) => {
        expect(hexOfHash(it)).toMatch(/^[0-9a-f]{16}$/);
        expect(hashOfHex(hexOfHash(it))).toEqual(it);
        expect(hashOfHex(text) !== undefined).toBe(/^[0-9a-f]{16}$/.test(text));
      }),
    );
  });

  test("an id of one character less, or another, is none and puts nothing", () => {
    fc.assert(
      fc.property(event, fc.nat(35), fc.constantFrom("", "g", "A", "é", " "), (it, at, put) => {
        const text = formatEventId(it.id);
        const bytes = new Uint8Array(20).fill(0xaa);
        const view = new DataView(bytes.buffer);
        expect(putEventId(view, 2, text.slice(0, at) + put + text.slice(at + 1), it.at)).toBe(
          false,
        );
        expect(putEventId(view, 2, text, it.at + 1)).toBe(false);
        expect(bytes).toEqual(new Uint8Array(20).fill(0xaa));
        expect(putEventId(view, 2, text, it.at)).toBe(true);
        expect(bytes.slice(2, 18)).toEqual(it.id);
        expect(bytes.slice(18)).toEqual(new Uint8Array(2).fill(0xaa));
      }),
    );
  });
});

test("the location is the second part of a source's name", () => {
  expect(coloOfSource("collector:FRA:3:1795251600017")).toBe("FRA");
  expect(coloOfSource("import")).toBe("");
});

test("what nobody can read is kept byte by byte", () => {
  const bytes = new Uint8Array([0, 255, 7]);
  const line = JSON.parse(encodeUnreadable({ shard: 9, position: 12, bytes }));
  expect(line).toEqual({ v: 1, verdict: "unreadable", shard: 9, position: 12, bytes: "AP8H" });
  expect(fromBase64Url(line.bytes)).toEqual(bytes);
});
