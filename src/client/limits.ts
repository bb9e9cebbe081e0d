/** Numbers the SDK turns on. A file that imports nothing, so that the bundler puts them in place. */

/** Contents in one read; the API takes no more. */
export const MAX_CONTENTS = 100;
/** The API takes no longer ones; what is cut off a URL is cut off the same way each time. */
export const MAX_URL_CHARS = 2_048;
export const MAX_TITLE_CHARS = 300;

/** Visible time is counted in ticks, so that what a hidden tab or a laptop asleep skips is not in it. */
export const TICK_MS = 100;
/** Routers change the address first and draw the page, its head included, soon after. */
export const SETTLE_MS = 500;
export const REFRESH_MS = 10_000;
/** A confirmed view is in the number within a second; what lies between may remember the old one for up to 5. */
export const SOON_MS = 1_500;
export const SURELY_MS = 4_700;

/** Statuses from here on (too many requests, failures of the service, no answer) may be others later. */
export const UNSETTLED = 429;
export const NO_ANSWER = 503;
