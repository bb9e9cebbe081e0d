import type { ContentId } from "../ids.ts";

/** A contiguous part of all content ids, by code unit order: `from <= content < to`; no `to` is the end. */
export interface ContentRange {
  readonly from: string;
  readonly to?: string;
}

/** Result of a correction run for one hour: what its events up to log position `through` fold to. */
export interface Finalisation {
  /** Start of the hour, ms. */
  readonly hour: number;
  /** Number of the run; a later run has a larger one. */
  readonly run: number;
  /** Log position up to which the run read. */
  readonly through: number;
  readonly range: ContentRange;
  /** Counts of the contents in the range; one that is not named is 0. */
  readonly cells: ReadonlyMap<ContentId, number>;
}

export const inRange = ({ from, to }: ContentRange, content: string): boolean =>
  content >= from && (to === undefined || content < to);

/**
 * The cells a finalisation changes. Views counted above the position it read are not in it and stay counted.
 * @param standing the hour's cells in the range as they stand
 * @param above counted views of the hour above `through`, by content of the range
 */
export const finalisedCells = (
  { cells }: Finalisation,
  standing: ReadonlyMap<ContentId, number>,
  above: ReadonlyMap<ContentId, number>,
): ReadonlyMap<ContentId, number> => {
  const changed = new Map<ContentId, number>();
  for (const content of new Set([...standing.keys(), ...cells.keys(), ...above.keys()])) {
    const counted = (cells.get(content) ?? 0) + (above.get(content) ?? 0);
    if (counted !== (standing.get(content) ?? 0)) changed.set(content, counted);
  }
  return changed;
};
