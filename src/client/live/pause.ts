/** How long a page waits before it opens its stream's socket again. */
import { CLOSE_CODES } from "../../protocol/live-messages.ts";

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** Up to half a minute: for who was too loud, or one too many. */
const MANY_FAILURES = 5;
/** Up to four seconds: a room that moves its viewers elsewhere does not want them there in the same instant. */
const SOME_FAILURES = 2;

/**
 * Full jitter: pages that lost the same service at the same moment come back evenly spread.
 * @param failures in a row, before this one
 * @param random in [0, 1)
 */
export const pauseMs = (failures: number, random: number): number =>
  random * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);

/** @returns as how many failures in a row the end of a socket counts; `undefined`: it is not opened again */
export const failuresAfter = (code: number, failures: number): number | undefined => {
  switch (code) {
    case CLOSE_CODES.replaced:
    case CLOSE_CODES.ended:
      return undefined;
    case CLOSE_CODES.flood:
    case CLOSE_CODES.unreadable:
    case CLOSE_CODES.crowded:
      return Math.max(failures, MANY_FAILURES);
    case CLOSE_CODES.moved:
      return Math.max(failures, SOME_FAILURES);
    default:
      return failures;
  }
};
