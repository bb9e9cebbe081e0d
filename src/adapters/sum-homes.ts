import type { ContentId } from "../core/ids.ts";
import { homesOf, type ShardSchedule } from "../core/views/shards.ts";
import type { ContentCount, CountPart } from "../ports/read-model.ts";

/** @returns of the contents those of which every home has a part: the sum, as of the oldest of them */
export const sumHomes = (
  schedule: ShardSchedule,
  contents: readonly ContentId[],
  parts: readonly Pick<CountPart, "content" | "shard" | "views" | "asOf">[],
): ReadonlyMap<ContentId, ContentCount> => {
  const byContent = new Map<ContentId, Map<number, ContentCount>>();
  for (const { content, shard, views, asOf } of parts) {
    const known = byContent.get(content) ?? new Map<number, ContentCount>();
    byContent.set(content, known.set(shard, { views, asOf }));
  }
  const sums = new Map<ContentId, ContentCount>();
  for (const content of contents) {
    const known = byContent.get(content);
    let sum: ContentCount | undefined = { views: 0, asOf: Number.POSITIVE_INFINITY };
    for (const shard of homesOf(schedule, content)) {
      const part = known?.get(shard);
      sum = part && sum && { views: sum.views + part.views, asOf: Math.min(sum.asOf, part.asOf) };
    }
    if (sum !== undefined) sums.set(content, sum);
  }
  return sums;
};
