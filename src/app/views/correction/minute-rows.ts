import { CORRECTION_PIECE_EVENTS } from "../../../core/limits.ts";
import { doubled } from "../../../protocol/bytes.ts";
import { ContentIndex } from "./content-index.ts";
import { encodePiece, type MinuteRow, putRow, ROW_BYTES } from "./minute-piece.ts";

const FIRST_CAPACITY_ROWS = 256;

/** Takes events of one minute and gives them as pieces that each fit into a row of SQLite. */
export class MinuteRows {
  readonly #contents = new ContentIndex();
  readonly #full: Uint8Array[] = [];
  #view = new DataView(new ArrayBuffer(FIRST_CAPACITY_ROWS * ROW_BYTES));
  #rows = 0;

  /**
   * @param putId puts the 16 bytes of the id at an offset
   * @returns what `putId` returns; if that is false, nothing was added
   */
  add(row: MinuteRow, putId: (into: DataView, offset: number) => boolean): boolean {
    if (this.#rows === CORRECTION_PIECE_EVENTS) this.#finishPiece();
    const offset = this.#rows * ROW_BYTES;
    if (offset === this.#view.byteLength) this.#view = doubled(this.#view);
    if (!putId(this.#view, offset)) return false;
    putRow(this.#view, offset, row, this.#contents.numberOf(row.content));
    this.#rows += 1;
    return true;
  }

  /** Everything added. */
  pieces(): readonly Uint8Array[] {
    if (this.#rows > 0) this.#finishPiece();
    return this.#full;
  }

  #finishPiece(): void {
    const rows = new Uint8Array(this.#view.buffer, 0, this.#rows * ROW_BYTES);
    this.#full.push(encodePiece({ rows, contents: this.#contents.all() }));
    this.#contents.clear();
    this.#rows = 0;
  }
}
