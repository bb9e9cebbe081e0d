/** When a room next tells the list of live streams of its numbers. */
import { LIVE_PUBLISH_MAX_MS } from "../limits.ts";

/** Two publishes of a room are at least this far apart, changed or not: one list hears of all rooms. */
export const PUBLISH_PAUSE_MS = 5_000;

/** Added to the pause at random, so that the rooms of a deployment do not all speak at once. */
export const PUBLISH_JITTER_MS = 2_000;

/** Before the limit, so that an alarm that is a little late still keeps to it. */
const PUBLISH_EARLY_MS = 3_000;

export interface PublishState {
  /** The list has other numbers than the current ones. */
  readonly changed: boolean;
  /** The number the list has; 0 when it has none. */
  readonly publishedViewers: number;
  /** The last try, ms. */
  readonly triedAt: number;
  /** Tries that failed since the last that did not. */
  readonly failures: number;
  /** In [0, 1); the same until the next try. */
  readonly jitter: number;
}

/**
 * A number that is not 0 is repeated while it stands, or readers would no longer believe it; a 0 is said once.
 * @returns ms; a time that has passed means at once
 */
export const nextPublishAt = (state: PublishState): number | null => {
  const { changed, publishedViewers, triedAt, failures, jitter } = state;
  const spread = jitter * PUBLISH_JITTER_MS;
  const longest = LIVE_PUBLISH_MAX_MS - PUBLISH_EARLY_MS - spread;
  const pause = Math.min(longest, PUBLISH_PAUSE_MS * 2 ** failures + spread);
  if (changed) return Math.ceil(triedAt + pause);
  if (publishedViewers === 0) return null;
  return Math.floor(triedAt + (failures > 0 ? pause : longest));
};
