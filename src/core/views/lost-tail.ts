import { RAW_RETENTION_MS } from "../limits.ts";
import type { StampParts } from "../stamp.ts";

/** What the raw log has of one storage of a Tally: its positions begin at 1. */
interface Archived {
  readonly generation: number;
  /** Positions below the last one that are not there, in ascending order. */
  readonly holes: readonly { readonly from: number; readonly to: number }[];
  /** Last position that is there. */
  readonly through: number;
}

/**
 * Whether a cell that the database has may hold views that are in no object of the raw log, so that it is better than
 * what a fold would find. What correction settled had been archived, but nothing says where in a cell the views of a
 * hole went.
 * @param final as the database has it
 */
export const mayHoldLostViews = (
  archived: readonly Archived[],
  { generation, version }: StampParts,
  final: boolean,
  now: number,
): boolean => {
  const known = archived.find((it) => it.generation === generation);
  if (known === undefined) return true;
  // The first ranges of an old storage went when they were old enough.
  const isOld = generation < now - RAW_RETENTION_MS;
  const hole = known.holes.find(({ from }) => from > 1 || !isOld);
  if (hole !== undefined && version >= hole.from) return true;
  return version > known.through && !final;
};
