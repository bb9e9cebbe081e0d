import type { ContentId } from "../core/ids.ts";

/** Counted views of a content in one slot. */
export interface SlotRow {
  readonly content: ContentId;
  /** @see slotOf */
  readonly slot: number;
  readonly counted: number;
}

/** How far the object of rankings has a Tally's slots. */
export interface SlotsTold {
  /** Of the last telling that was begun; 0 before the first. */
  readonly version: number;
  /** The slot that was under way when everything was told; 0: something is untold. */
  readonly slot: number;
}

/** The part of a Tally's SQLite that holds views by slot, of contents as they stand at the checkpoint. */
export interface SlotStore {
  /** Adds to what is there, as part of the checkpoint that has the views in its cells. */
  add(rows: Iterable<SlotRow>): void;
  /** The youngest slot with a view; undefined: none. */
  newest(): number | undefined;
  /** @param from slot @param contents so many of them, those with the most views; of each everything from there on */
  load(from: number, contents: number): Iterable<SlotRow>;
  of(content: ContentId, from: number, to: number): Iterable<SlotRow>;
  /** @param slot the first that stays */
  deleteBefore(slot: number): void;
  told(): SlotsTold;
  saveTold(told: SlotsTold): void;
}
