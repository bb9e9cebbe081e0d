/** When a room next tells somebody outside of its numbers: the list of live streams, the read model. */
import { LIVE_CONFIRM_MS, LIVE_PUBLISH_MAX_MS, MINUTE_MS, PUBLISH_TIMEOUT_MS } from "../limits.ts";

/** Added to pauses at random, so that the rooms of a deployment do not all speak at once. */
export const PUBLISH_JITTER_MS = 2_000;

/** The same for asking whether what was said is saved. */
const CONFIRM_JITTER_MS = MINUTE_MS;

/** Before the limit, so that an alarm that is a little late still keeps to it. */
const PUBLISH_EARLY_MS = 3_000;

/** How often an audience hears of a room whose numbers change. */
export interface Rhythm {
  /** Two publishes are at least this far apart, changed or not; it doubles with each one that fails. */
  readonly pauseMs: number;
  /** Of the pause after one that did not fail; after others it is `PUBLISH_JITTER_MS`. */
  readonly jitterMs: number;
  /** While there is no answer, and none that it failed, the next waits so long after the last; 0: it does not wait. */
  readonly patienceMs: number;
}

/** One list hears of all rooms. */
export const LIST_RHYTHM: Rhythm = { pauseMs: 5_000, jitterMs: PUBLISH_JITTER_MS, patienceMs: 0 };

/** A room's numbers have a key of their own. A call that is longer under way than it may be is one nobody hears of. */
export const READ_MODEL_RHYTHM: Rhythm = {
  pauseMs: 1_000,
  jitterMs: 0,
  patienceMs: PUBLISH_TIMEOUT_MS + 1_000,
};

export interface PublishState {
  /** The audience has other numbers than the current ones, or it is not known what it has. */
  readonly changed: boolean;
  /** Something that it was told, or will be, is not known to be in the database. */
  readonly unsaved: boolean;
  /** The number it has; 0 when it has none. */
  readonly publishedViewers: number;
  /** The last try, ms. */
  readonly triedAt: number;
  /** What came of the last try is not known yet. */
  readonly underway: boolean;
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
export const nextPublishAt = (rhythm: Rhythm, state: PublishState): number | null => {
  const at = nextIfAnswered(rhythm, state);
  if (at === null || !state.underway) return at;
  return Math.max(at, state.triedAt + rhythm.patienceMs);
};

const nextIfAnswered = ({ pauseMs, jitterMs }: Rhythm, state: PublishState): number | null => {
  const { changed, unsaved, publishedViewers, triedAt, failures, jitter } = state;
  const spread = jitter * PUBLISH_JITTER_MS;
  const longest = LIVE_PUBLISH_MAX_MS - PUBLISH_EARLY_MS - spread;
  const pauseSpread = failures > 0 ? spread : jitter * jitterMs;
  const pause = Math.min(longest, pauseMs * 2 ** failures + pauseSpread);
  if (changed) return Math.ceil(triedAt + pause);
  if (publishedViewers === 0) {
    return unsaved ? Math.floor(triedAt + LIVE_CONFIRM_MS + jitter * CONFIRM_JITTER_MS) : null;
  }
  return Math.floor(triedAt + (failures > 0 ? pause : longest));
};
