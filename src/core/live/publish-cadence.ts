/** When a room next tells the list of live streams of its numbers. */
import { LIVE_CONFIRM_MS, LIVE_PUBLISH_MAX_MS, MINUTE_MS } from "../limits.ts";

/** Two publishes of a room are at least this far apart, changed or not: one list hears of all rooms. */
export const PUBLISH_PAUSE_MS = 5_000;

/** Added to the pause at random, so that the rooms of a deployment do not all speak at once. */
export const PUBLISH_JITTER_MS = 2_000;

/** The same for asking whether what was said is saved. */
const CONFIRM_JITTER_MS = MINUTE_MS;

/** Before the limit, so that an alarm that is a little late still keeps to it. */
const PUBLISH_EARLY_MS = 3_000;

export interface PublishState {
  /** The list has other numbers than the current ones. */
  readonly changed: boolean;
  /** Something that the list was told, or will be, is not known to be in the database. */
  readonly unsaved: boolean;
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
 * A number that is not 0 is repeated while it stands, or readers would no longer believe it; a 0 is said once, and then
 * again now and then until it is in the database, with all that has to get there with it.
 * @returns ms; a time that has passed means at once
 */
export const nextPublishAt = (state: PublishState): number | null => {
  const { changed, unsaved, publishedViewers, triedAt, failures, jitter } = state;
  const spread = jitter * PUBLISH_JITTER_MS;
  const longest = LIVE_PUBLISH_MAX_MS - PUBLISH_EARLY_MS - spread;
  const pause = Math.min(longest, PUBLISH_PAUSE_MS * 2 ** failures + spread);
  if (changed) return Math.ceil(triedAt + pause);
  if (publishedViewers === 0) {
    return unsaved ? Math.floor(triedAt + LIVE_CONFIRM_MS + jitter * CONFIRM_JITTER_MS) : null;
  }
  return Math.floor(triedAt + (failures > 0 ? pause : longest));
};
