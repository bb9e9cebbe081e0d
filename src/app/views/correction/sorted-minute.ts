import type { ContentId } from "../../../core/ids.ts";
import { MINUTE_MS } from "../../../core/limits.ts";
import {
  compareIds,
  decodePiece,
  type MinuteRow,
  moveContents,
  ROW_BYTES,
  rowAt,
  timeIn,
} from "./minute-piece.ts";

/** All events of one minute in their order: by time, and by id within a millisecond. */
export class SortedMinute {
  readonly #rows: DataView;
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
    const decoded = pieces.map(decodePiece);
    const bytes = new Uint8Array(decoded.reduce((sum, { rows }) => sum + rows.length, 0));
    this.#rows = new DataView(bytes.buffer);
    const all: ContentId[] = [];
    let offset = 0;
    for (const { rows, contents } of decoded) {
      bytes.set(rows, offset);
      const next = offset + rows.length;
      moveContents(this.#rows, offset, next, all.length);
      all.push(...contents);
      offset = next;
    }
    this.#contents = all;
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
      if (before >= 0 && compareIds(this.#rows, before, offset) === 0) copies += 1;
      else visit(rowAt(this.#rows, offset, this.#start, this.#contents));
      before = offset;
    }
    return copies;
  }

  #areInOrder(): boolean {
    const rows = this.#rows;
    const last = rows.byteLength - ROW_BYTES;
    for (let row = 0; row < last; row += ROW_BYTES) {
      const next = row + ROW_BYTES;
      const later = timeIn(rows, next) - timeIn(rows, row);
      if (later < 0 || (later === 0 && compareIds(rows, row, next) > 0)) return false;
    }
    return true;
  }

  #asTheyCome(): Uint32Array {
    return Uint32Array.from(
      { length: this.#rows.byteLength / ROW_BYTES },
      (_, row) => row * ROW_BYTES,
    );
  }

  /** Into a place for each millisecond first, then the few of one millisecond by their ids. */
  #sorted(): Uint32Array {
    const ends = new Uint32Array(MINUTE_MS + 1);
    const end = this.#rows.byteLength;
    for (let row = 0; row < end; row += ROW_BYTES) {
      const at = timeIn(this.#rows, row);
      ends[at + 1] = (ends[at + 1] ?? 0) + 1;
    }
    for (let at = 1; at <= MINUTE_MS; at += 1) ends[at] = (ends[at] ?? 0) + (ends[at - 1] ?? 0);
    const order = new Uint32Array(end / ROW_BYTES);
    for (let row = 0; row < end; row += ROW_BYTES) {
      const at = timeIn(this.#rows, row);
      const place = ends[at] ?? 0;
      order[place] = row;
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
      if (to - from > 1) {
        order.subarray(from, to).sort((a, b) => compareIds(this.#rows, a, b));
      }
      from = to;
    }
  }
}
