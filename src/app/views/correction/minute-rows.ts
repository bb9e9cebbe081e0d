import type { Hash64 } from "../../../core/hash.ts";
import type { ContentId } from "../../../core/ids.ts";
import { CORRECTION_PIECE_EVENTS, MINUTE_MS } from "../../../core/limits.ts";

/**
 * Events of one minute as a Corrector stores them between reading and folding: rows of one length, so that they are
 * sorted by index, and behind them the contents they are of, each once.
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
 *                   40   2   flags: 1 = has a key of the day before, 2 = an exclusion names it
 *                   42   2   code of the edge's verdict
 *      .      n     content ids, ASCII, a line each
 */
export const ROW_BYTES = 44;
const HEAD_BYTES = 4;
const VERSION = 1;
const HAS_PREVIOUS = 1;
const EXCLUDED = 2;
const FIRST_CAPACITY_ROWS = 256;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface MinuteRow {
  readonly at: number;
  readonly content: ContentId;
  readonly visitor: Hash64;
  readonly previousVisitor?: Hash64;
  readonly place: number;
  readonly excluded: boolean;
  readonly edgeVerdict: number;
}

/** Takes events of one minute and gives them as pieces that each fit into a row of SQLite. */
export class MinuteRows {
  readonly #contents = new Map<string, number>();
  readonly #full: Uint8Array[] = [];
  #bytes = new Uint8Array(HEAD_BYTES + FIRST_CAPACITY_ROWS * ROW_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #rows = 0;

  /**
   * @param putId puts the 16 bytes of the id at an offset
   * @returns what `putId` returns; if that is false, nothing was added
   */
  add(row: MinuteRow, putId: (into: DataView, offset: number) => boolean): boolean {
    if (this.#rows === CORRECTION_PIECE_EVENTS) this.#finishPiece();
    const offset = HEAD_BYTES + this.#rows * ROW_BYTES;
    if (offset + ROW_BYTES > this.#bytes.length) this.#grow();
    const view = this.#view;
    if (!putId(view, offset)) return false;
    const { previousVisitor: previous } = row;
    view.setUint32(offset + 16, row.visitor.hi);
    view.setUint32(offset + 20, row.visitor.lo);
    view.setUint32(offset + 24, previous?.hi ?? 0);
    view.setUint32(offset + 28, previous?.lo ?? 0);
    view.setUint32(offset + 32, this.#indexOf(row.content));
    view.setUint16(offset + 36, row.at % MINUTE_MS);
    view.setUint16(offset + 38, row.place);
    view.setUint16(
      offset + 40,
      (previous === undefined ? 0 : HAS_PREVIOUS) + (row.excluded ? EXCLUDED : 0),
    );
    view.setUint16(offset + 42, row.edgeVerdict);
    this.#rows += 1;
    return true;
  }

  /** Everything added. */
  pieces(): readonly Uint8Array[] {
    if (this.#rows > 0) this.#finishPiece();
    return this.#full;
  }

  #finishPiece(): void {
    const end = HEAD_BYTES + this.#rows * ROW_BYTES;
    const contents = encoder.encode([...this.#contents.keys()].join("\n"));
    const piece = new Uint8Array(end + contents.length);
    piece.set(this.#bytes.subarray(0, end));
    piece.set(contents, end);
    new DataView(piece.buffer).setUint32(0, this.#rows);
    piece[0] = VERSION;
    this.#full.push(piece);
    this.#contents.clear();
    this.#rows = 0;
  }

  #indexOf(content: ContentId): number {
    let index = this.#contents.get(content);
    if (index === undefined) {
      index = this.#contents.size;
      this.#contents.set(content, index);
    }
    return index;
  }

  #grow(): void {
    const grown = new Uint8Array(HEAD_BYTES + ((this.#bytes.length - HEAD_BYTES) << 1));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** All events of one minute in their order: by time, and by id within a millisecond. */
export class SortedMinute {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #contents: readonly ContentId[];
  readonly #order: Uint32Array;
  readonly #start: number;

  /**
   * @param start of the minute, ms
   * @param pieces from `MinuteRows`
   * @throws when they are of no version this code knows
   */
  constructor(start: number, pieces: readonly Uint8Array[]) {
    this.#start = start;
    const counts = pieces.map(rowsOf);
    this.#bytes = new Uint8Array(ROW_BYTES * counts.reduce((sum, rows) => sum + rows, 0));
    this.#view = new DataView(this.#bytes.buffer);
    const contents: ContentId[] = [];
    let offset = 0;
    for (const [index, piece] of pieces.entries()) {
      const end = HEAD_BYTES + (counts[index] ?? 0) * ROW_BYTES;
      this.#bytes.set(piece.subarray(HEAD_BYTES, end), offset);
      const first = contents.length;
      const next = offset + end - HEAD_BYTES;
      for (let row = offset + 32; row < next; row += ROW_BYTES) {
        this.#view.setUint32(row, this.#view.getUint32(row) + first);
      }
      // They were ids when they were written.
      contents.push(...(decoder.decode(piece.subarray(end)).split("\n") as ContentId[]));
      offset = next;
    }
    this.#contents = contents;
    // One object's events come in their order; nearly every minute lies in one object.
    this.#order = this.#areInOrder() ? this.#asTheyCome() : this.#sorted();
  }

  get size(): number {
    return this.#order.length;
  }

  /** @returns number of copies passed over */
  eachOnce(visit: (row: MinuteRow) => void): number {
    let copies = 0;
    let before = -1;
    for (const offset of this.#order) {
      if (before >= 0 && this.#compareIds(before, offset) === 0) copies += 1;
      else visit(this.#rowAt(offset));
      before = offset;
    }
    return copies;
  }

  #rowAt(offset: number): MinuteRow {
    const view = this.#view;
    const flags = view.getUint16(offset + 40);
    const row = {
      at: this.#start + view.getUint16(offset + 36),
      // The index was given by this list.
      content: this.#contents[view.getUint32(offset + 32)] as ContentId,
      visitor: { hi: view.getUint32(offset + 16), lo: view.getUint32(offset + 20) },
      place: view.getUint16(offset + 38),
      excluded: (flags & EXCLUDED) !== 0,
      edgeVerdict: view.getUint16(offset + 42),
    };
    if ((flags & HAS_PREVIOUS) === 0) return row;
    const previousVisitor = { hi: view.getUint32(offset + 24), lo: view.getUint32(offset + 28) };
    return { ...row, previousVisitor };
  }

  #areInOrder(): boolean {
    const view = this.#view;
    const end = this.#bytes.length - ROW_BYTES;
    for (let row = 0; row < end; row += ROW_BYTES) {
      const next = row + ROW_BYTES;
      const later = view.getUint16(next + 36) - view.getUint16(row + 36);
      if (later < 0 || (later === 0 && this.#compareIds(row, next) > 0)) return false;
    }
    return true;
  }

  #asTheyCome(): Uint32Array {
    return Uint32Array.from(
      { length: this.#bytes.length / ROW_BYTES },
      (_, row) => row * ROW_BYTES,
    );
  }

  /** Into a place for each millisecond first, then the few of one millisecond by their ids. */
  #sorted(): Uint32Array {
    const ends = new Uint32Array(MINUTE_MS + 1);
    const rows = this.#bytes.length / ROW_BYTES;
    for (let row = 0; row < rows; row += 1) {
      const at = this.#view.getUint16(row * ROW_BYTES + 36);
      ends[at + 1] = (ends[at + 1] ?? 0) + 1;
    }
    for (let at = 1; at <= MINUTE_MS; at += 1) ends[at] = (ends[at] ?? 0) + (ends[at - 1] ?? 0);
    const order = new Uint32Array(rows);
    for (let row = 0; row < rows; row += 1) {
      const at = this.#view.getUint16(row * ROW_BYTES + 36);
      const place = ends[at] ?? 0;
      order[place] = row * ROW_BYTES;
      ends[at] = place + 1;
    }
    this.#sortWithin(order, ends);
    return order;
  }

  /** @param ends where each millisecond's rows end, by now */
  #sortWithin(order: Uint32Array, ends: Uint32Array): void {
    let from = 0;
    for (let at = 0; at < MINUTE_MS; at += 1) {
      const to = ends[at] ?? from;
      if (to - from > 1) order.subarray(from, to).sort((a, b) => this.#compareIds(a, b));
      from = to;
    }
  }

  #compareIds(a: number, b: number): number {
    const view = this.#view;
    for (let word = 0; word < 16; word += 4) {
      const difference = view.getUint32(a + word) - view.getUint32(b + word);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

const rowsOf = (piece: Uint8Array): number => {
  const head = new DataView(piece.buffer, piece.byteOffset, piece.byteLength).getUint32(0);
  if (head >>> 24 !== VERSION) throw new Error(`events of a minute in version ${head >>> 24}`);
  return head & 0xffffff;
};
