import type { LiveEntry, LiveRanking } from "../protocol/room-rpc.ts";

/** The list of live streams. Every call throws when it fails or does not answer in time, and is safe to repeat. */
export interface Rankings {
  publish(entry: LiveEntry): Promise<void>;
  /** @param limit 1 to 100 @param category all of them when absent */
  live(limit: number, category?: string): Promise<LiveRanking>;
}
