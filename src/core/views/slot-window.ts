import type { ContentId } from "../ids.ts";
import { Leaders } from "./leaders.ts";
import { firstRankedSlot, KEPT_SLOTS, RANKED_SLOTS } from "./slots.ts";

/** A content's views in the two windows that are ranked. */
export interface SlotSums {
  readonly content: ContentId;
  /** In the slot under way and those before it. */
  readonly views: number;
  /** In as many slots before these. */
  readonly before: number;
}

/**
 * Views of contents by slot: a ring of counters for each content, of which the column of a slot that is over is used
 * again. The newest slot only rises; with it what is too old falls out by itself.
 */
export class SlotWindow {
  readonly #rows = new Map<ContentId, number[]>();
  #newest: number;

  /** @param slot the one under way */
  constructor(slot: number) {
    this.#newest = slot;
  }

  get size(): number {
    return this.#rows.size;
  }

  has(content: ContentId): boolean {
    return this.#rows.has(content);
  }

  /** A slot that has fallen out is passed over. */
  add(content: ContentId, slot: number, views: number): void {
    this.turn(slot);
    if (slot <= this.#newest - KEPT_SLOTS) return;
    let row = this.#rows.get(content);
    if (row === undefined) {
      row = new Array<number>(KEPT_SLOTS).fill(0);
      this.#rows.set(content, row);
    }
    row[columnOf(slot)] = (row[columnOf(slot)] ?? 0) + views;
  }

  /** The slot has begun, if it is none of those known: contents of which nothing is left are forgotten. */
  turn(slot: number): void {
    if (slot <= this.#newest) return;
    const columns = Array.from({ length: Math.min(slot - this.#newest, KEPT_SLOTS) }, (_, ahead) =>
      columnOf(slot - ahead),
    );
    this.#newest = slot;
    for (const [content, row] of this.#rows) {
      for (const column of columns) row[column] = 0;
      if (row.every((views) => views === 0)) this.#rows.delete(content);
    }
  }

  /** Of every content with views in the two windows. @param slot the one under way */
  *sums(slot: number): Generator<SlotSums> {
    this.turn(slot);
    for (const [content, row] of this.#rows) {
      const before = this.#sumOf(row, firstRankedSlot(slot));
      const views = this.#sumOf(row, slot - RANKED_SLOTS + 1);
      if (before + views > 0) yield { content, views, before };
    }
  }

  /** Forgets all but those with the most views in all. */
  keepMost(contents: number): void {
    const leaders = new Leaders(contents);
    for (const [content, row] of this.#rows) {
      leaders.add(
        content,
        row.reduce((sum, views) => sum + views, 0),
      );
    }
    const kept = new Set(leaders.first().map(({ content }) => content));
    for (const content of this.#rows.keys()) if (!kept.has(content)) this.#rows.delete(content);
  }

  /** Of as many slots as are ranked together; of a clock that fell back, those that are still there. */
  #sumOf(row: readonly number[], from: number): number {
    const oldest = this.#newest - KEPT_SLOTS + 1;
    let sum = 0;
    for (let slot = Math.max(from, oldest); slot < from + RANKED_SLOTS; slot += 1) {
      sum += row[columnOf(slot)] ?? 0;
    }
    return sum;
  }
}

const columnOf = (slot: number): number => slot % KEPT_SLOTS;
