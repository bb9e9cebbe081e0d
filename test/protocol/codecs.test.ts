import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64Url, toBase64Url } from "../../src/protocol/base64url.ts";
import { concat } from "../../src/protocol/bytes.ts";
import { decodeRows, encodeRows } from "../../src/protocol/chunk.ts";
import { decodeEvent, encodeEvent } from "../../src/protocol/event-codec.ts";
import {
  decodeFrame,
  encodeFrame,
  framesOf,
  joinFrames,
  shardOfFrame,
  timeOfFrame,
} from "../../src/protocol/frame.ts";
import { formatToken, parseToken, signedPart } from "../../src/protocol/view-token.ts";
import { event, time, u8 } from "../support/any-event.ts";

const frame = fc
  .record({ event, acceptedAt: time, marks: u8 })
  .map(({ event, acceptedAt, marks }) => encodeFrame(encodeEvent(event), acceptedAt, marks));
const garbage = fc.uint8Array({ maxLength: 300 });

describe("what is written can be read", () => {
  test("an event", () => {
    fc.assert(
      fc.property(event, (it) => {
        expect(decodeEvent(encodeEvent(it))).toEqual(it);
      }),
    );
  });

  test("a frame, which its first four bytes route", () => {
    fc.assert(
      fc.property(event, time, u8, (it, acceptedAt, marks) => {
        const bytes = encodeFrame(encodeEvent(it), acceptedAt, marks);
        expect(decodeFrame(bytes)).toEqual({ event: it, acceptedAt, marks });
        expect(shardOfFrame(bytes.subarray(0, 4))).toBe(it.shard);
        expect(timeOfFrame(bytes)).toBe(it.at);
        expect(timeOfFrame(bytes.with(4, 99))).toBeUndefined();
      }),
    );
  });

  test("a row of frames", () => {
    fc.assert(
      fc.property(fc.array(frame), (frames) => {
        expect([...framesOf(concat(frames))]).toEqual(frames);
      }),
    );
  });

  test("a chunk of rows, with ids beyond 32 bits", () => {
    const row = fc.record({ id: time, frames: garbage });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect([...decodeRows(encodeRows(rows))]).toEqual(rows);
      }),
    );
  });

  test("a token and base64url", () => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const mac = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(payload, mac, (bytes, seal) => {
        const signed = signedPart("k1", bytes);
        const parsed = parseToken(formatToken(signed, seal));
        expect(parsed).toEqual({ keyId: "k1", signed, payload: bytes, mac: seal });
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });
});

describe("garbage is refused and never thrown at", () => {
  test("no byte is lost or invented when a row is split", () => {
    fc.assert(
      fc.property(garbage, (row) => {
        const pieces = [...framesOf(row)];
        expect(concat([new Uint8Array(0), ...pieces])).toEqual(row);
        for (const piece of pieces) {
          expect(shardOfFrame(piece)).toBeLessThan(1_024);
          decodeFrame(piece);
          timeOfFrame(piece);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("an event, frame or token of random bytes is none, or one that can be written", () => {
    fc.assert(
      fc.property(garbage, fc.string(), (bytes, text) => {
        const decoded = decodeEvent(bytes);
        if (decoded !== undefined) encodeEvent(decoded);
        decodeFrame(bytes);
        expect(parseToken(text)?.mac.length ?? 16).toBe(16);
      }),
      { numRuns: 2_000 },
    );
  });

  test("an event cut anywhere is none", () => {
    fc.assert(
      fc.property(event, fc.nat(), (it, at) => {
        const bytes = encodeEvent(it);
        expect(decodeEvent(bytes.subarray(0, at % bytes.length))).toBeUndefined();
      }),
    );
  });

  test("an event whose id is no UUIDv7 is none", () => {
    fc.assert(
      fc.property(event, (it) => {
        const bytes = encodeEvent(it);
        const [version = 0, variant = 0] = [bytes[7], bytes[9]];
        expect(decodeEvent(bytes.with(7, version ^ 0x10))).toBeUndefined();
        expect(decodeEvent(bytes.with(9, variant ^ 0x40))).toBeUndefined();
      }),
    );
  });

  test("a frame whose shard is not its event's is none", () => {
    fc.assert(
      fc.property(frame, (bytes) => {
        bytes[3] = (bytes[3] ?? 0) ^ 1;
        expect(decodeFrame(bytes)).toBeUndefined();
      }),
    );
  });

  test("a remainder of any length swallows nothing of the row behind it", () => {
    const remainder = fc.oneof(
      frame.map((bytes) => bytes.subarray(0, -1)),
      fc.constant(new Uint8Array(200_000)),
      fc.constant(new Uint8Array([1])),
    );
    fc.assert(
      fc.property(fc.array(frame), remainder, fc.array(frame), (before, rest, after) => {
        const pieces = [...framesOf(joinFrames([concat([...before, rest]), concat(after)]))];
        const sound = pieces.filter((piece) => decodeFrame(piece) !== undefined);
        expect(sound).toEqual([...before, ...after]);
      }),
      { numRuns: 50 },
    );
  });

  const mac = "A".repeat(22);

  test.each([
    ...["", "v1", "v1.k.YQ", "v1.k.YQ.YQ"],
    // with a MAC that nothing else is wrong with
    ...[`v2.k.YQ.${mac}`, `v1..YQ.${mac}`, `v1.k..${mac}`, `v1.k.Y=.${mac}`, `v1.k.YR.${mac}`],
    ...[`v1.k.YQ.${mac}.YQ`, `v1.k.YQ.${mac}AA`, `v1.k.${"YQ".repeat(200)}.${mac}`],
  ])("%j is no token", (text) => expect(parseToken(text)).toBeUndefined());

  test.each(["", "=", "Y", "YR", "Y Q", "YQ=="])("%j is no canonical base64url", (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });
});
