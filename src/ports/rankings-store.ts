import type { Stamp } from "../core/stamp.ts";
import type { LiveEntry, SavedThrough } from "../protocol/room-rpc.ts";
import type { Alarm } from "./alarm.ts";

export const NOTHING_SAVED: SavedThrough = { asOf: 0, sampledThrough: 0 };

/** A stream as the list has it. */
export interface ListedStream {
  readonly entry: LiveEntry;
  readonly saved: SavedThrough;
  /** Of the last entry whose rows are in the database; absent: there is none, or it is not known. */
  readonly savedStamp?: Stamp | undefined;
}

/** What the list of live streams keeps on disk, in pages: a write costs by the row, and thousands of streams change at once. */
export interface RankingsStore {
  readonly alarm: Alarm;
  load(): readonly ListedStream[];
  /**
   * The whole of each page, all or none; an empty page goes.
   * @param pages below 1,024
   */
  save(pages: ReadonlyMap<number, readonly ListedStream[]>): void;
}
