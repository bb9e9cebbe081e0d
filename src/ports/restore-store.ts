import type { CellRow, TotalRow } from "../core/views/ledger.ts";
import type { IndexEntry } from "../protocol/raw-names.ts";

/**
 * How far a storage is from being a Tally's again. `asking`: nobody knows yet whether it is new or took the place of one
 * that was lost. `index`, `totals`, `cells`: what raw log and database have is being read. `correcting`: hours are
 * folded anew. `open`: there is nothing to restore.
 */
export type RestorePhase = "asking" | "index" | "totals" | "cells" | "correcting" | "open";

export interface Restored {
  /** Position that everything restored carries as its version. */
  readonly position: number;
  /** Hours before this one are closed, ms. */
  readonly closedThrough: number;
}

/** The part of a Tally's SQLite that is filled from outside after a storage was lost. */
export interface RestoreStore {
  /** Storage in which anything was ever taken in is open, also one from before there were phases. */
  phase(): RestorePhase;
  savePhase(phase: RestorePhase): void;
  /** Up to where the phase has read, in its own words; empty at its start. */
  cursor(): string;
  saveCursor(cursor: string): void;
  /** Nothing older than this is judged here ever again, ms. */
  saveHorizon(horizon: number): void;
  /** A range of the log of an earlier storage, by the name of its index object. */
  addRange(index: string, unreadable: string, objects: readonly IndexEntry[], now: number): void;
  /** Names of the index objects of all ranges. */
  ranges(): readonly string[];
  addTotal(total: TotalRow): void;
  /** Adds a cell, and what was counted in it to its content's truth, unless it is part of the closed value. */
  addCell(cell: CellRow): void;
  /** Largest hour through which a content is closed, ms; 0: none is. */
  closedThrough(): number;
  /** The hour keeps the cells it has: correction would find less. */
  addIncomplete(hour: number): void;
  /**
   * When all is read: hours from `from` on, ms, of which there are cells and no raw objects are incomplete too, and
   * none is that has no cells to keep.
   * @returns hours that are incomplete
   */
  findIncomplete(from: number): readonly number[];
  /**
   * Makes all other hours dirty of which there are raw objects. What is published follows upwards where cells have come
   * further.
   */
  settle(restored: Restored): void;
  /** First and last hour that correction has not settled yet. */
  dirty(): { readonly first: number; readonly last: number } | undefined;
}
