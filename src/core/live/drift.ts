/** How far a number that is shown is from the one that was counted, and what is done about it. */
import { DRIFT_MIN_VIEWERS } from "../limits.ts";

/**
 * `none` is put right and not spoken of; `silent` leaves a record; `batches` is put right bit by bit, so that the number
 * does not jump; `hold` keeps the number until it is counted anew; `census` counts only who answers, and has what was
 * written of it elsewhere written again.
 */
export type DriftTier = "none" | "silent" | "batches" | "hold" | "census";

/** Upper bounds, of which each tier is below its own. */
const SILENT_BELOW = 0.05;
const BATCHES_BELOW = 0.15;
const HOLD_BELOW = 0.3;

export const tierOf = (shown: number, counted: number): DriftTier => {
  const difference = Math.abs(shown - counted);
  if (difference < DRIFT_MIN_VIEWERS) return "none";
  const drift = difference / Math.max(shown, counted);
  if (drift < SILENT_BELOW) return "silent";
  if (drift < BATCHES_BELOW) return "batches";
  return drift < HOLD_BELOW ? "hold" : "census";
};
