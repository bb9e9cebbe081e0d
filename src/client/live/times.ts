/** Times the live part turns on. A file that imports nothing, so that the bundler puts them in place. */

/** A room takes who is silent for 50 s for gone. */
export const PING_MS = 20_000;

/** A socket that does not answer for so long has nobody at its other end. */
export const ANSWER_MS = 10_000;

/** A connection that lived this long was a good one; shorter ones make the pauses longer. */
export const STEADY_MS = 10_000;

/** Something between the page and the service lets no socket through, and is seldom mended: between half and all of it. */
export const BLOCKED_PAUSE_MS = 360_000;

/** Sockets in a row that never opened, before heartbeats begin. */
export const BLOCKED_AFTER = 3;

/** Elements that come later are filled no later than this. */
export const REPAINT_MS = 10_000;

/** Nobody is told an older number of viewers. */
export const STALE_MS = 60_000;

/** The page's own back end is asked for a ticket for no longer. */
export const TICKET_MS = 10_000;
