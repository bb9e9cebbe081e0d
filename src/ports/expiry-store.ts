/** The part of a Tally's SQLite that knows which objects of the raw log may go. */
export interface ExpiryStore {
  /** Names of objects of hours before `before`, ms; at most `limit`. */
  objects(before: number, limit: number): readonly string[];
  forgetObjects(names: readonly string[]): void;
  /**
   * The oldest ranges, up to the first one that has an object left or was archived at `before`, ms, or later: what is
   * cut off from the front of a log is no hole.
   */
  ranges(before: number, limit: number): readonly ExpiredRange[];
  forgetRanges(ranges: readonly ExpiredRange[]): void;
}

export interface ExpiredRange {
  readonly index: string;
  readonly unreadable: string | undefined;
}
