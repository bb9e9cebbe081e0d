import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MinuteRow } from "../../../../src/app/views/correction/minute-piece.ts";
import { MinuteRows } from "../../../../src/app/views/correction/minute-rows.ts";
import { SortedMinute } from "../../../../src/app/views/correction/sorted-minute.ts";
import { CORRECTION_PIECE_EVENTS, MINUTE_MS } from "../../../../src/core/limits.ts";
import { content } from "../../../support/events.ts";

const START = Date.UTC(2026, 10, 21, 9, 41);

type Event = MinuteRow & { readonly serial: number };

const u32 = fc.nat(2 ** 32 - 1);
const hash = fc.record({ hi: u32, lo: u32 });
const event: fc.Arbitrary<Event> = fc.record(
  {
    serial: u32,
    at: fc.oneof(fc.nat(3), fc.nat(MINUTE_MS - 1)).map((ms) => START + ms),
    content: fc.constantFrom("a", "b", "c", "d").map(content),
    visitor: hash,
    previousVisitor: hash,
    place: fc.nat(65_535),
    excluded: fc.boolean(),
    held: fc.boolean(),
    record: fc.nat(255),
    edgeVerdict: fc.nat(65_535),
  },
  {
    requiredKeys: [
      "serial",
      "at",
      "content",
      "visitor",
      "place",
      "excluded",
      "held",
      "record",
      "edgeVerdict",
    ],
  },
);
/** By time and id each is there once. */
const events = fc.uniqueArray(event, { selector: ({ serial }) => serial, maxLength: 400 });

/** The serial is all of an id that differs. */
const add = (rows: MinuteRows, { serial, ...row }: Event): boolean =>
  rows.add(row, (into, offset) => {
    for (let word = 0; word < 12; word += 4) into.setUint32(offset + word, 7);
    into.setUint32(offset + 12, serial);
    return true;
  });

const piecesOf = (some: readonly Event[]): readonly Uint8Array[] => {
  const rows = new MinuteRows();
  for (const one of some) add(rows, one);
  return rows.pieces();
};

const read = (pieces: readonly Uint8Array[]) => {
  const rows: MinuteRow[] = [];
  const minute = new SortedMinute(START, pieces);
  const copies = minute.eachOnce((row) => rows.push(row));
  return { size: minute.size, copies, rows };
};

const inOrder = (some: readonly Event[]): readonly MinuteRow[] =>
  some.toSorted((a, b) => a.at - b.at || a.serial - b.serial).map(({ serial: _, ...row }) => row);

describe("events of a minute", () => {
  test("come in the order of time and id, whole, whatever objects they lay in and however these were ordered", () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 3 }), (objects) => {
        const all = objects.flatMap((some, object) =>
          some.map((one) => ({ ...one, serial: Math.floor(one.serial / 4) * 4 + object })),
        );
        const unique = [...new Map(all.map((one) => [one.serial, one])).values()];
        const lying = objects.map((_, object) =>
          unique.filter(({ serial }) => serial % 4 === object),
        );
        const { size, copies, rows } = read(lying.flatMap(piecesOf));
        expect(rows).toEqual(inOrder(unique));
        expect({ size, copies }).toEqual({ size: unique.length, copies: 0 });
      }),
    );
  });

  test("come once when they lie in two objects, and their copies are told", () => {
    fc.assert(
      fc.property(events, (some) => {
        const { copies, rows } = read([...piecesOf(some), ...piecesOf(some.toReversed())]);
        expect(rows).toEqual(inOrder(some));
        expect(copies).toBe(some.length);
      }),
    );
  });

  test("that are more than a piece holds are in two, each with the contents of its own", () => {
    const [some] = fc.sample(event, { numRuns: 1, seed: 1 });
    if (some === undefined) throw new Error("there is one");
    const many = Array.from({ length: CORRECTION_PIECE_EVENTS + 1 }, (_, serial) => {
      return { ...some, serial, content: content(`c${serial % 7}`) };
    });
    const pieces = piecesOf(many);
    expect(pieces).toHaveLength(2);
    expect(read(pieces.slice(1)).rows.map((row) => row.content)).toEqual([
      `c${CORRECTION_PIECE_EVENTS % 7}`,
    ]);
    expect(read(pieces).rows).toEqual(inOrder(many));
  });

  test("are not there when no id could be put", () => {
    const rows = new MinuteRows();
    const [some] = fc.sample(event, { numRuns: 1, seed: 1 });
    if (some === undefined) throw new Error("there is one");
    expect(rows.add(some, () => false)).toBe(false);
    expect(rows.pieces()).toEqual([]);
  });

  test("of a version this code does not know are no events", () => {
    const [some] = fc.sample(event, { numRuns: 1, seed: 1 });
    const [piece] = piecesOf(some === undefined ? [] : [some]);
    expect(() => read([piece?.with(0, 2) ?? new Uint8Array(4)])).toThrow("version 2");
  });
});
