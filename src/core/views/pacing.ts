import {
  CORRECTION_BACKOFF_MAX_MS,
  CORRECTION_BACKOFF_MIN_MS,
  DRAIN_BACKOFF_MAX_MS,
  DRAIN_BACKOFF_MIN_MS,
  PACE_APPENDS_PER_SECOND,
  PACE_MAX_MS,
  PACE_MIN_MS,
} from "../limits.ts";

/**
 * How long a source should wait before its next chunk, so that all of them together stay below what a Tally can take.
 * @param sources how many Collectors handed something over in the last few seconds
 * @returns ms in `[500, 5000]`
 */
export const nextAfterMs = (sources: number): number =>
  clamp((sources * 1_000) / PACE_APPENDS_PER_SECOND, PACE_MIN_MS, PACE_MAX_MS);

export interface BackoffBounds {
  readonly min: number;
  readonly max: number;
}

/**
 * Exponential back-off with full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015),
 * never below half of its ceiling, so that a dead Tally is not asked in a tight loop.
 * @param failures consecutive ones, from 1
 * @param random in [0, 1)
 * @param bounds of the ceiling, ms
 */
export const backoffMs = (
  failures: number,
  random: number,
  { min, max }: BackoffBounds = DRAIN_BACKOFF,
): number => {
  const ceiling = Math.min(max, min * 2 ** (failures - 1));
  return ceiling / 2 + (random * ceiling) / 2;
};

/** The same for a step of correction, which nobody waits for. */
export const correctionBackoffMs = (failures: number, random: number): number =>
  backoffMs(failures, random, { min: CORRECTION_BACKOFF_MIN_MS, max: CORRECTION_BACKOFF_MAX_MS });

const DRAIN_BACKOFF: BackoffBounds = { min: DRAIN_BACKOFF_MIN_MS, max: DRAIN_BACKOFF_MAX_MS };

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));
