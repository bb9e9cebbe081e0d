/** Rankings said once more by brute force, and shards that know no more than they may tell. */
import type { ContentId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { RankedContent, ShardSlots, SlotViews } from "../../src/protocol/rankings-rpc.ts";

const SLOT = 300_000;
const HOUR = 12;
const FIRST = 100;

export interface Viewed {
  readonly content: ContentId;
  readonly shard: number;
  /** Ms. */
  readonly at: number;
}

export interface Catalogue {
  /** Contents with parts in several shards: always told. */
  readonly spread: ReadonlySet<ContentId>;
  categoryOf(content: ContentId): string | null;
}

export const naiveSlot = (at: number): number => (at - (at % SLOT)) / SLOT;

const count = (events: readonly Viewed[], from: number, to: number): Map<ContentId, number> => {
  const counts = new Map<ContentId, number>();
  for (const { content, at } of events) {
    const slot = naiveSlot(at);
    if (slot >= from && slot <= to) counts.set(content, (counts.get(content) ?? 0) + 1);
  }
  return counts;
};

const inOrder = (
  counts: ReadonlyMap<ContentId, number>,
): readonly (readonly [ContentId, number])[] =>
  [...counts].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : y - x)).slice(0, FIRST);

const add = (sum: Map<ContentId, number>, more: ReadonlyMap<ContentId, number>): void => {
  for (const [content, views] of more) sum.set(content, (sum.get(content) ?? 0) + views);
};

/** What a shard tells at a moment: its first ones now and an hour before, and what is spread. */
export const naiveTelling = (
  events: readonly Viewed[],
  shard: number,
  at: number,
  version: number,
  { spread, categoryOf }: Catalogue,
): ShardSlots => {
  const slot = naiveSlot(at);
  const own = events.filter((event) => event.shard === shard && event.at <= at);
  const views = count(own, slot - HOUR + 1, slot);
  const before = count(own, slot - 2 * HOUR + 1, slot - HOUR);
  const told = new Set<ContentId>();
  const categories = new Set([...views.keys(), ...before.keys()].map(categoryOf));
  for (const counts of [views, before]) {
    for (const category of [undefined, ...categories]) {
      const of = [...counts].filter(
        ([id]) => category === undefined || categoryOf(id) === category,
      );
      for (const [id] of inOrder(new Map(of))) told.add(id);
    }
    for (const id of counts.keys()) if (spread.has(id)) told.add(id);
  }
  const contents = [...told].map(
    (content): SlotViews => ({
      ...{ content, category: categoryOf(content) },
      ...{ views: views.get(content) ?? 0, before: before.get(content) ?? 0 },
    }),
  );
  return { shard, stamp: stamp(1, version), asOf: at, slot, contents };
};

/**
 * @param lastTold of each shard, ms; undefined: it never told anything
 * @param now ms
 */
export const naiveRanking = (
  events: readonly Viewed[],
  lastTold: readonly (number | undefined)[],
  now: number,
  { categoryOf }: Catalogue,
  category?: string,
): readonly RankedContent[] => {
  const [views, before] = [new Map<ContentId, number>(), new Map<ContentId, number>()];
  for (const [shard, at] of lastTold.entries()) {
    if (at === undefined || naiveSlot(at) < naiveSlot(now) - 1) continue;
    const seen = events.filter(
      (event) =>
        event.shard === shard &&
        event.at <= at &&
        (category === undefined || categoryOf(event.content) === category),
    );
    const slot = naiveSlot(at);
    add(views, count(seen, slot - HOUR + 1, slot));
    add(before, count(seen, slot - 2 * HOUR + 1, slot - HOUR));
  }
  const earlier = inOrder(before).map(([content]) => content);
  return inOrder(views).map(([content, number]) => {
    const index = earlier.indexOf(content);
    return { content, views: number, previousRank: index < 0 ? null : index + 1 };
  });
};
