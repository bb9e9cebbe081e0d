import type { ContentId } from "../core/ids.ts";

/** What a content's cells of some hours come to. */
export interface DaySum {
  readonly content: ContentId;
  readonly views: number;
  /** Each of them is. */
  readonly final: boolean;
  /** The largest of theirs. */
  readonly version: number;
}

/** The part of a Tally's SQLite that days are made of. */
export interface TallyDays {
  /** Version up to which changes of cells are in the database's days, as far as these had ended. */
  rolled(): number;
  saveRolled(version: number): void;
  /** Days that end by then, ms, are in the database as a whole, and follow from there on by version. */
  rolledDays(): number;
  saveRolledDays(through: number): void;
  /** Hours before this one, ms, may have lost cells to a closing: their days can be summed no more. */
  emptied(): number;
  saveEmptied(through: number): void;
  /** Rises when everything is to be sent anew. A watermark found before it rose is not to be saved any more. */
  sending(): number;
  /** Forgets what is in the database: all watermarks fall to 0, and `sending` rises. */
  sendAnew(): void;
  /** The first hour, `from` or later, that has a cell. */
  firstHour(from: number): number | undefined;
  /** Sums of these contents, of those that have a cell in one of the hours. */
  sums(hours: readonly number[], contents: readonly ContentId[]): readonly DaySum[];
  /**
   * Sums of the next contents behind `after`, in their order: at most `limit` an hour, none when there are no more.
   */
  sumsBehind(hours: readonly number[], after: string, limit: number): readonly DaySum[];
}
