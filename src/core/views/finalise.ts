import type { ContentId } from "../ids.ts";
import type { Cell } from "./ledger.ts";

/** A contiguous part of all content ids, by code unit order: `from <= content < to`; no `to` is the end. */
export interface ContentRange {
  readonly from: string;
  readonly to?: string;
}

export const inRange = ({ from, to }: ContentRange, content: string): boolean =>
  content >= from && (to === undefined || content < to);

/** A cell as a finalisation leaves it. */
export interface FinalisedCell {
  readonly counted: number;
  readonly final: boolean;
  /** Its value is another than before. */
  readonly moved: boolean;
}

/**
 * The cells that settling a range of contents changes. Views counted above the position that the run read are not in
 * what it found and stay counted; a cell is final when nothing came for it above that position, whatever the verdict.
 * @param found counts by content; one that is not named is 0
 * @param standing the hour's cells in the range as they stand
 * @param above counted views of the hour above the position, of any content; 0 where all that came is not counted
 */
export const finalisedCells = (
  range: ContentRange,
  found: ReadonlyMap<ContentId, number>,
  standing: ReadonlyMap<ContentId, Pick<Cell, "counted" | "final">>,
  above: ReadonlyMap<ContentId, number>,
): ReadonlyMap<ContentId, FinalisedCell> => {
  const changed = new Map<ContentId, FinalisedCell>();
  for (const content of new Set([...standing.keys(), ...found.keys(), ...above.keys()])) {
    if (!inRange(range, content)) continue;
    const before = standing.get(content);
    const counted = (found.get(content) ?? 0) + (above.get(content) ?? 0);
    const final = !above.has(content);
    const moved = counted !== (before?.counted ?? 0);
    const flips = before !== undefined && final !== before.final;
    if (moved || flips) changed.set(content, { counted, final, moved });
  }
  return changed;
};
