/** How a log is handed over between two objects that may each forget, with answers that may each be lost. */

/** What one chunk says of its place in the source's log. Row ids start at 1 and ascend. */
export interface ChunkPlace {
  /** The last row the source knows this shard to have taken; 0 when none. */
  readonly follows: number;
  /** All rows below it are gone from the source. */
  readonly floor: number;
}

export type Acceptance =
  | { readonly status: "take"; readonly above: number; readonly gap: boolean }
  | { readonly status: "rewind"; readonly mark: number };

/**
 * A chunk is taken only if nothing of the source lies unseen between it and what was taken before.
 * Rows at or below `above` in it were taken already and are skipped, so a chunk may come twice or grow in between.
 * @param mark the last row taken from this source; `undefined` when the taker has no memory of it
 * @returns `rewind` with the row to go on from when rows in between can still be sent;
 * `gap` when they are gone: the taker lost what it once took
 */
export const acceptChunk = (
  mark: number | undefined,
  { follows, floor }: ChunkPlace,
): Acceptance => {
  const reached = mark ?? 0;
  const above = Math.max(reached, floor - 1);
  if (above < follows) return { status: "rewind", mark: above };
  return { status: "take", above, gap: reached < Math.min(follows, floor - 1) };
};
