import type { ContentId } from "../ids.ts";
import { HOUR_MS, LEDGER_MAX_CLEAN_ENTRIES } from "../limits.ts";

/** The count of one content in one UTC hour in one shard. */
export interface Cell {
  readonly counted: number;
  /** Log position of the last change. */
  readonly version: number;
  /** Correction has settled it: it holds what a fold of all its events finds. */
  readonly final: boolean;
}

/** A shard's part of a content's number. */
export interface Total {
  /** Views brought along from elsewhere; kept at the content's first home. */
  readonly start: number;
  /** What an operator added to the truth, below 0 what was taken from it. */
  readonly restated: number;
  /** Start value, what was restated, closed value and sum of the cells: the truth as known now. */
  readonly views: number;
  /** What readers are told: it holds until the truth has caught up, and falls only when it is restated. */
  readonly published: number;
  /** Sum of what were cells of hours before `closedThrough`, ms; the cells there are are of later ones. */
  readonly closed: number;
  readonly closedThrough: number;
  readonly version: number;
}

export interface CellKey {
  readonly content: ContentId;
  /** Start of the hour, ms. */
  readonly hour: number;
}

export type CellRow = CellKey & Cell;
export type TotalRow = { readonly content: ContentId } & Total;

/** What was saved at the last checkpoint, read on demand. */
export interface SavedLedger {
  cell(key: CellKey): Cell | undefined;
  total(content: ContentId): Total | undefined;
}

export const hourOf = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;

const EMPTY_CELL: Cell = { counted: 0, version: 0, final: false };
const EMPTY_TOTAL: Total = {
  start: 0,
  restated: 0,
  views: 0,
  published: 0,
  closed: 0,
  closedThrough: 0,
  version: 0,
};

/** A content's total is another one now. */
type TotalChanged = (content: ContentId, version: number) => void;

/** Cells and totals of a shard in memory, ahead of the checkpoint by what is dirty. */
export class Ledger {
  readonly #saved: SavedLedger;
  readonly #hours = new Map<number, Map<ContentId, Cell>>();
  readonly #totals = new Map<ContentId, Total>();
  #cells = 0;
  #dirtyCells = new Map<string, CellKey>();
  #dirtyTotals = new Set<ContentId>();
  #changed: TotalChanged | undefined;

  constructor(saved: SavedLedger) {
    this.#saved = saved;
  }

  /** @param changed is told of every change to a total, within what makes it */
  watch(changed: TotalChanged): void {
    this.#changed = changed;
  }

  /** One more counted view. */
  count(key: CellKey, version: number): void {
    this.set(key, this.cell(key).counted + 1, version);
  }

  /** Gives a cell its value; the content's truth moves by the difference and its published number never down. */
  set(key: CellKey, counted: number, version: number, final = false): void {
    const difference = counted - this.cell(key).counted;
    this.#setCell(key, { counted, version, final });
    this.#move(key.content, difference, this.total(key.content).start, version);
  }

  /** Says whether a cell is final; its value stays. */
  mark(key: CellKey, final: boolean, version: number): void {
    this.#setCell(key, { counted: this.cell(key).counted, version, final });
  }

  /** Gives a content its start value; what is published follows upwards only. */
  setStart(content: ContentId, start: number, version: number): void {
    this.#move(content, start - this.total(content).start, start, version);
  }

  /**
   * Brings the published number to a value, also down, and the truth with it.
   * @param views absent: the truth as the cells and the start value know it
   */
  restate(content: ContentId, views: number | undefined, version: number): void {
    const total = this.total(content);
    const known = total.views - total.restated;
    const truth = views ?? known;
    const restated = truth - known;
    this.#setTotal(content, { ...total, restated, views: truth, published: truth, version });
  }

  /**
   * Moves a cell that is saved into its content's closed value; truth and published number stay as they are. The
   * cells of a content go in the order of their hours, and the caller deletes them where they are saved.
   */
  close({ content, hour, counted }: CellRow, version: number): void {
    if (this.#hours.get(hour)?.delete(content)) this.#cells -= 1;
    if (this.#hours.get(hour)?.size === 0) this.#hours.delete(hour);
    const total = this.total(content);
    const closed = total.closed + counted;
    this.#setTotal(content, { ...total, closed, closedThrough: hour + HOUR_MS, version });
  }

  cell(key: CellKey): Cell {
    const cells = this.#cellsOf(key.hour);
    let cell = cells.get(key.content);
    if (cell === undefined) {
      cell = this.#saved.cell(key) ?? EMPTY_CELL;
      cells.set(key.content, cell);
      this.#cells += 1;
    }
    return cell;
  }

  /**
   * A read leaves nothing in memory: anyone may ask for any content.
   * @param saved what is saved of it, if it has just been read
   */
  total(content: ContentId, saved?: Total): Total {
    return this.#totals.get(content) ?? saved ?? this.#saved.total(content) ?? EMPTY_TOTAL;
  }

  get dirty(): boolean {
    return this.#dirtyTotals.size > 0 || this.#dirtyCells.size > 0;
  }

  /** Contents whose totals changed since the last `markSaved`, the first changed first. */
  unsavedContents(): readonly ContentId[] {
    return [...this.#dirtyTotals];
  }

  /** @returns everything changed since the last `markSaved` */
  changes(): { readonly cells: readonly CellRow[]; readonly totals: readonly TotalRow[] } {
    return {
      cells: [...this.#dirtyCells.values()].map((key) => ({ ...key, ...this.cell(key) })),
      totals: [...this.#dirtyTotals].map((content) => ({ content, ...this.total(content) })),
    };
  }

  /** The changes are saved; a memory grown large is given back, since all of it can be read again. */
  markSaved(): void {
    this.#dirtyCells = new Map();
    this.#dirtyTotals = new Set();
    if (this.#cells + this.#totals.size > LEDGER_MAX_CLEAN_ENTRIES) {
      this.#hours.clear();
      this.#totals.clear();
      this.#cells = 0;
    }
  }

  #move(content: ContentId, difference: number, start: number, version: number): void {
    const total = this.total(content);
    const views = total.views + difference;
    const published = Math.max(total.published, views);
    this.#setTotal(content, { ...total, start, views, published, version });
  }

  #setCell(key: CellKey, cell: Cell): void {
    this.#cellsOf(key.hour).set(key.content, cell);
    this.#dirtyCells.set(`${key.hour}/${key.content}`, key);
  }

  #setTotal(content: ContentId, total: Total): void {
    this.#totals.set(content, total);
    this.#dirtyTotals.add(content);
    this.#changed?.(content, total.version);
  }

  #cellsOf(hour: number): Map<ContentId, Cell> {
    let cells = this.#hours.get(hour);
    if (cells === undefined) {
      cells = new Map();
      this.#hours.set(hour, cells);
    }
    return cells;
  }
}
