import type { Hash64 } from "../hash.ts";

/** The counted views of one minute of event time, exact or approximate. */
export interface MinuteBucket {
  /** Entries held, for the bound on memory. */
  readonly size: number;
  /** Whether a view of `key` was counted at an offset in `[fromMs, toMs]` within this minute. */
  hasBetween(key: Hash64, fromMs: number, toMs: number): boolean;
  /** @param offsetMs whole ms within the minute */
  add(key: Hash64, offsetMs: number): void;
}
