/** Keys of the read model. What is between braces decides where Redis puts a key: one id is one place, the lists of each kind are one. */
import type { ContentId, StreamId } from "../../core/ids.ts";
import type { RankingWindow } from "../../protocol/rankings-rpc.ts";

/** HASH, a field for each shard: see `count-script.ts`. */
export const countKey = (content: ContentId): string => `count:{${content}}`;

/** HASH of a stream's numbers: see `stream-hash.ts`. */
export const streamKey = (stream: StreamId): string => `view:{${stream}}`;

/** STRING: see `publish-mark.ts`. */
export const markKey = (shard: number): string => `told:{${shard}}`;

/** STRING: see `incarnation.ts`. */
export const INCARNATION_KEY = "headcount:incarnation";

export const LIVE_KEYS = {
  /** HASH, a field for each stream: see `list-entry.ts`. */
  entries: "{live}:entries",
  /** ZSET of the listed streams by viewers, then youth: see `list-entry.ts`. */
  all: "{live}:all",
  /** ZSET of the entries that are not over, by when they were last heard of, ms. */
  heard: "{live}:heard",
  /** ZSET of the other entries, by the same. */
  gone: "{live}:gone",
  /** STRING: ms at which the list began. */
  born: "{live}:born",
} as const;

export const CATEGORY_PREFIX = "{live}:category:";

/** ZSET like `all`, of one category. */
export const categoryKey = (category: string): string => `${CATEGORY_PREFIX}${category}`;

/** STRING: see `rankings.ts`. @param category all of them when undefined */
export const rankingKey = (window: RankingWindow, category: string | undefined): string =>
  category === undefined ? `{rank}:${window}:all` : `{rank}:${window}:category:${category}`;
