import type { ListFlushed, LiveEntry, LiveRanking, PublishAnswer } from "../protocol/room-rpc.ts";

/** The list of live streams. Every call throws when it fails or does not answer in time, and is safe to repeat. */
export interface Rankings {
  publish(entry: LiveEntry): Promise<PublishAnswer>;
  /** @param limit 1 to 100 @param category all of them when absent */
  live(limit: number, category?: string): Promise<LiveRanking>;
  /** Brings to the database what is not there yet; what fails half way goes on where it ended the next time. */
  flush(): Promise<ListFlushed>;
}
