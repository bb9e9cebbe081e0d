import type { CorrectableHour } from "../protocol/correction-rpc.ts";

export interface HourState {
  /** Number of the last correction run that sealed the hour; 0 before any. */
  readonly run: number;
  /** Log position up to which the last settled run read. */
  readonly through: number;
  /** The same of the last run that gave the hour its cells; 0: none did. */
  readonly settled: number;
  /** Position at which something came that only correction can settle; above `through` the hour is dirty. 0: no event came. */
  readonly dirtiedAt: number;
  /** Cells changed by run `run`. */
  readonly changed: number;
  /** Some of its events went with a storage that was lost. */
  readonly incomplete: boolean;
}

/** The part of a Tally's SQLite that knows how hours stand with correction. */
export interface HourStore {
  /** @returns `undefined` when nothing is known of the hour */
  hour(hour: number): HourState | undefined;
  saveHour(hour: number, state: HourState): void;
  /** Hours from `from` on that hold events, in ascending order. */
  hoursSince(from: number): readonly CorrectableHour[];
  countDirty(from: number): number;
  /** Sum of the hour's saved cells. */
  viewsOf(hour: number): number;
  forgetHoursBefore(hour: number): void;
}
