import type { Hash64 } from "../../../core/hash.ts";
import type { ContentId } from "../../../core/ids.ts";
import { MINUTE_MS } from "../../../core/limits.ts";

/**
 * Events of one minute as a Corrector stores them between reading and folding, in pieces: rows of one length, so that
 * they are sorted by index, and behind them the contents they are of, each once.
 *
 *     offset bytes
 *      0      1     version: 1
 *      1      3     rows
 *      4     44     for each row, its event's
 *                   0   16   id
 *                   16   8   visitor
 *                   24   8   visitor under the key of the day before, where flagged
 *                   32   4   content, as an index into those behind the rows
 *                   36   2   time, in ms from the beginning of the minute
 *                   38   2   place, @see Places
 *                   40   1   number of the decision that made it what it is, 0: none, @see AppliedRecords
 *                   41   1   flags: 1 = has a key of the day before, 2 = excluded, 4 = held as a suspect
 *                   42   2   code of the edge's verdict, countable where a decision reinstates it
 *      .      n     content ids, ASCII, a line each
 */
export interface MinutePiece {
  readonly rows: Uint8Array;
  /** By the indices in the rows. */
  readonly contents: readonly ContentId[];
}

/** An event in a row, its id apart: that one is only ever put and compared. */
export interface MinuteRow {
  readonly at: number;
  readonly content: ContentId;
  readonly visitor: Hash64;
  readonly previousVisitor?: Hash64;
  readonly place: number;
  readonly excluded: boolean;
  readonly held: boolean;
  /** @see AppliedRecords */
  readonly record: number;
  readonly edgeVerdict: number;
}

export const ROW_BYTES = 44;
const HEAD_BYTES = 4;
const VERSION = 1;
const HAS_PREVIOUS = 1;
const EXCLUDED = 2;
const HELD = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const encodePiece = ({ rows, contents }: MinutePiece): Uint8Array => {
  const lines = encoder.encode(contents.join("\n"));
  const piece = new Uint8Array(HEAD_BYTES + rows.length + lines.length);
  new DataView(piece.buffer).setUint32(0, rows.length / ROW_BYTES);
  piece[0] = VERSION;
  piece.set(rows, HEAD_BYTES);
  piece.set(lines, HEAD_BYTES + rows.length);
  return piece;
};

/** @throws when it is of no version this code knows */
export const decodePiece = (piece: Uint8Array): MinutePiece => {
  const head = new DataView(piece.buffer, piece.byteOffset, piece.byteLength).getUint32(0);
  if (head >>> 24 !== VERSION) throw new Error(`events of a minute in version ${head >>> 24}`);
  const end = HEAD_BYTES + (head & 0xffffff) * ROW_BYTES;
  // They were ids when they were written.
  const contents = decoder.decode(piece.subarray(end)).split("\n") as ContentId[];
  return { rows: piece.subarray(HEAD_BYTES, end), contents };
};

/**
 * Fills a row but for its id.
 * @param content its index in the piece
 */
export const putRow = (into: DataView, offset: number, row: MinuteRow, content: number): void => {
  const { previousVisitor: previous } = row;
  into.setUint32(offset + 16, row.visitor.hi);
  into.setUint32(offset + 20, row.visitor.lo);
  into.setUint32(offset + 24, previous?.hi ?? 0);
  into.setUint32(offset + 28, previous?.lo ?? 0);
  into.setUint32(offset + 32, content);
  into.setUint16(offset + 36, row.at % MINUTE_MS);
  into.setUint16(offset + 38, row.place);
  into.setUint8(offset + 40, row.record);
  into.setUint8(
    offset + 41,
    (previous === undefined ? 0 : HAS_PREVIOUS) +
      (row.excluded ? EXCLUDED : 0) +
      (row.held ? HELD : 0),
  );
  into.setUint16(offset + 42, row.edgeVerdict);
};

/**
 * @param start of the minute, ms
 * @param contents by the indices in the rows
 */
export const rowAt = (
  view: DataView,
  offset: number,
  start: number,
  contents: readonly ContentId[],
): MinuteRow => {
  const flags = view.getUint8(offset + 41);
  const row = {
    at: start + timeIn(view, offset),
    // The index was given by this list.
    content: contents[view.getUint32(offset + 32)] as ContentId,
    visitor: { hi: view.getUint32(offset + 16), lo: view.getUint32(offset + 20) },
    place: view.getUint16(offset + 38),
    excluded: (flags & EXCLUDED) !== 0,
    held: (flags & HELD) !== 0,
    record: view.getUint8(offset + 40),
    edgeVerdict: view.getUint16(offset + 42),
  };
  if ((flags & HAS_PREVIOUS) === 0) return row;
  const previousVisitor = { hi: view.getUint32(offset + 24), lo: view.getUint32(offset + 28) };
  return { ...row, previousVisitor };
};

/** Rows of a piece that stands behind others: their contents are behind `first` others, too. */
export const moveContents = (rows: DataView, from: number, to: number, first: number): void => {
  for (let row = from; row < to; row += ROW_BYTES) {
    rows.setUint32(row + 32, rows.getUint32(row + 32) + first);
  }
};

/** Ms from the beginning of the minute. */
export const timeIn = (view: DataView, offset: number): number => view.getUint16(offset + 36);

/** @returns below 0, 0 or above 0, as ids compare */
export const compareIds = (view: DataView, a: number, b: number): number => {
  for (let word = 0; word < 16; word += 4) {
    const difference = view.getUint32(a + word) - view.getUint32(b + word);
    if (difference !== 0) return difference;
  }
  return 0;
};
