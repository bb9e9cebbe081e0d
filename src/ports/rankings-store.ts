import type { LiveEntry } from "../protocol/room-rpc.ts";
import type { Alarm } from "./alarm.ts";

/** What the list of live streams keeps on disk, in pages: a write costs by the row, and thousands of streams change at once. */
export interface RankingsStore {
  readonly alarm: Alarm;
  load(): readonly LiveEntry[];
  /** The whole of each page, all or none; an empty page goes. */
  save(pages: ReadonlyMap<number, readonly LiveEntry[]>): void;
}
