import type { ContentId } from "../ids.ts";
import { homesOf, type ShardSchedule } from "./shards.ts";

/** What a shard says of a content. */
interface HomePart {
  readonly content: ContentId;
  readonly shard: number;
  readonly views: number;
  /** When it was told, ms. */
  readonly asOf: number;
}

type Sum = Pick<HomePart, "views" | "asOf">;

/** @returns of the contents those of which every home has a part: the sum, as of the oldest of them */
export const sumHomes = (
  schedule: ShardSchedule,
  contents: readonly ContentId[],
  parts: readonly HomePart[],
): ReadonlyMap<ContentId, Sum> => {
  const byContent = new Map<ContentId, Map<number, Sum>>();
  for (const { content, shard, views, asOf } of parts) {
    const known = byContent.get(content) ?? new Map<number, Sum>();
    byContent.set(content, known.set(shard, { views, asOf }));
  }
  const sums = new Map<ContentId, Sum>();
  for (const content of contents) {
    const known = byContent.get(content);
    let sum: Sum | undefined = { views: 0, asOf: Number.POSITIVE_INFINITY };
    for (const shard of homesOf(schedule, content)) {
      const part = known?.get(shard);
      sum = part && sum && { views: sum.views + part.views, asOf: Math.min(sum.asOf, part.asOf) };
    }
    if (sum !== undefined) sums.set(content, sum);
  }
  return sums;
};
