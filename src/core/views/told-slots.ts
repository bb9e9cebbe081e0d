import type { ContentId } from "../ids.ts";
import { Leaders } from "./leaders.ts";
import type { SlotSums } from "./slot-window.ts";

/** The first ones of each list that a shard tells: whoever is among as many in all of them is among them in one. */
export const TOLD_FIRST = 100;

/** Contents told in all, some 100 bytes each. */
export const TOLD_MAX = 5_000;

export interface ToldRules {
  /** Null: none, or not known. */
  categoryOf(content: ContentId): string | null;
  /** Other shards may have views of it, too. */
  isSpread(content: ContentId): boolean;
}

/**
 * What a shard tells of its contents: the first ones of both windows, of all of them and of each category; and those
 * that are spread over shards, whose parts make a place only together. Where that is too much, the lists of all come
 * first, then spread contents as far as they leave half of the room, then categories, first places before second ones.
 */
export const toldSlots = (
  sums: Iterable<SlotSums>,
  rules: ToldRules,
  max = TOLD_MAX,
): readonly SlotSums[] => {
  const all = new Lists();
  const spread = new Lists(max);
  const byCategory = new Map<string, Lists>();
  const known = new Map<ContentId, SlotSums>();
  for (const sum of sums) {
    known.set(sum.content, sum);
    all.add(sum);
    if (rules.isSpread(sum.content)) spread.add(sum);
    const category = rules.categoryOf(sum.content);
    if (category !== null) listsOf(byCategory, category).add(sum);
  }
  const told = new Map<ContentId, SlotSums>();
  const tell = (contents: Iterable<ContentId>, room: number): void => {
    for (const content of contents) {
      if (told.size >= room) return;
      const sum = known.get(content);
      if (sum !== undefined) told.set(content, sum);
    }
  };
  tell(all.inTurns(), max);
  tell(spread.inTurns(), (told.size + max) / 2);
  tell(inTurns([...byCategory.values()].flatMap((lists) => lists.ordered())), max);
  tell(spread.inTurns(), max);
  return [...told.values()];
};

/** The first ones of both windows. */
class Lists {
  readonly #now: Leaders;
  readonly #before: Leaders;

  constructor(limit = TOLD_FIRST) {
    this.#now = new Leaders(limit);
    this.#before = new Leaders(limit);
  }

  add({ content, views, before }: SlotSums): void {
    this.#now.add(content, views);
    this.#before.add(content, before);
  }

  ordered(): readonly (readonly ContentId[])[] {
    return [this.#now, this.#before].map((leaders) =>
      leaders.first().map(({ content }) => content),
    );
  }

  inTurns(): Iterable<ContentId> {
    return inTurns(this.ordered());
  }
}

/** The first of each list, then the second of each. */
function* inTurns(lists: readonly (readonly ContentId[])[]): Generator<ContentId> {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  for (let place = 0; place < longest; place += 1) {
    for (const list of lists) {
      const content = list[place];
      if (content !== undefined) yield content;
    }
  }
}

const listsOf = (byCategory: Map<string, Lists>, category: string): Lists => {
  let lists = byCategory.get(category);
  if (lists === undefined) {
    lists = new Lists();
    byCategory.set(category, lists);
  }
  return lists;
};
