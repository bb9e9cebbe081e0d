/** The shards' last hours made into one order. */
import type { ContentId } from "../../core/ids.ts";
import { RANKED_CONTENTS } from "../../core/limits.ts";
import { Leaders } from "../../core/views/leaders.ts";
import type { RankedContent, ShardSlots } from "../../protocol/rankings-rpc.ts";

/** The first ones of all and of each category that has any now. */
export interface RankedLists {
  readonly all: readonly RankedContent[];
  readonly byCategory: ReadonlyMap<string, readonly RankedContent[]>;
}

interface Sum {
  /** Null: none, or nobody knows it yet. */
  category: string | null;
  views: number;
  before: number;
}

/**
 * Parts of a content add up. Of its category the youngest part that knows one is believed: the shards ask the database
 * for it at times of their own.
 */
export const mergeSlots = (parts: readonly ShardSlots[]): RankedLists => {
  const sums = new Map<ContentId, Sum>();
  for (const part of parts.toSorted((a, b) => a.asOf - b.asOf || a.shard - b.shard)) {
    for (const { content, category, views, before } of part.contents) {
      const sum = sums.get(content);
      if (sum === undefined) {
        sums.set(content, { category, views, before });
        continue;
      }
      sum.category = category ?? sum.category;
      sum.views += views;
      sum.before += before;
    }
  }
  return rank(sums);
};

const rank = (sums: ReadonlyMap<ContentId, Sum>): RankedLists => {
  const all = new Contest();
  const byCategory = new Map<string, Contest>();
  for (const [content, sum] of sums) {
    all.add(content, sum);
    if (sum.category === null) continue;
    let contest = byCategory.get(sum.category);
    if (contest === undefined) {
      contest = new Contest();
      byCategory.set(sum.category, contest);
    }
    contest.add(content, sum);
  }
  const lists = [...byCategory].map(([category, contest]) => [category, contest.list()] as const);
  return { all: all.list(), byCategory: new Map(lists.filter(([, list]) => list.length > 0)) };
};

/** One list, now and an hour ago. */
class Contest {
  readonly #now = new Leaders(RANKED_CONTENTS);
  readonly #before = new Leaders(RANKED_CONTENTS);

  add(content: ContentId, { views, before }: Sum): void {
    this.#now.add(content, views);
    this.#before.add(content, before);
  }

  list(): readonly RankedContent[] {
    return withPreviousRanks(this.#now.first(), this.#before.first());
  }
}

interface Viewed {
  readonly content: ContentId;
  readonly views: number;
}

/** @param before the same list of the window before, in its order */
export const withPreviousRanks = (
  list: readonly Viewed[],
  before: readonly Viewed[],
): readonly RankedContent[] => {
  const ranks = new Map(before.map(({ content }, index) => [content, index + 1]));
  return list.map(({ content, views }) => ({
    content,
    views,
    previousRank: ranks.get(content) ?? null,
  }));
};
