/** Windows of a stream's history: five minutes each, aligned in UTC, so that reporting days begin on their bounds. */
import { LIVE_WINDOW_MS } from "../limits.ts";

/** @returns the end of the window that `at` is in, ms; a window begins with its first millisecond */
export const windowEnd = (at: number): number =>
  (Math.floor(at / LIVE_WINDOW_MS) + 1) * LIVE_WINDOW_MS;
