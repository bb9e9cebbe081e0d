import {
  RANKED_CONTENTS,
  VIEW_RANKINGS_MAX_CONTENTS,
  VIEW_RANKINGS_MERGE_MS,
} from "../../core/limits.ts";
import { RANKED_SLOTS, SLOT_MS, slotOf } from "../../core/views/slots.ts";
import type { ShardSlots, SlotViews } from "../../protocol/rankings-rpc.ts";
import { mergeSlots, type RankedLists } from "./view-rankings-merge.ts";

/** The order of the last hour at one moment. */
export interface RealtimeLists extends RankedLists {
  readonly asOf: number;
  readonly from: number;
  readonly to: number;
}

interface Merged {
  /** When, ms. */
  readonly at: number;
  readonly lists: RealtimeLists;
}

/**
 * What the shards tell of the last hour, the newest of each. A shard whose window is more than a slot behind is silent,
 * because it has nothing left or cannot tell, and says nothing any more: what it had would never fall.
 */
export class SlotBoard {
  readonly #parts: Map<number, ShardSlots>;
  readonly #maxContents: number;
  #merged: Merged | undefined;

  constructor(loaded: readonly ShardSlots[], maxContents = VIEW_RANKINGS_MAX_CONTENTS) {
    this.#parts = new Map(loaded.map((part) => [part.shard, part]));
    this.#maxContents = maxContents;
  }

  /** @returns false: what is known of the shard is as new */
  take(part: ShardSlots): boolean {
    const known = this.#parts.get(part.shard);
    if (known !== undefined && known.stamp >= part.stamp) return false;
    const shards = this.#parts.size + (known === undefined ? 1 : 0);
    const share = Math.max(RANKED_CONTENTS, Math.floor(this.#maxContents / shards));
    this.#parts.set(part.shard, { ...part, contents: firstOf(part.contents, share) });
    return true;
  }

  /** @returns undefined: no shard has ever told anything */
  lists(now: number): RealtimeLists | undefined {
    if (this.#parts.size === 0) return undefined;
    const isFresh =
      this.#merged !== undefined &&
      now >= this.#merged.at &&
      now - this.#merged.at < VIEW_RANKINGS_MERGE_MS;
    if (this.#merged === undefined || !isFresh) this.#merged = { at: now, lists: this.#merge(now) };
    return this.#merged.lists;
  }

  /** @returns those of the shards, as they are to be saved */
  parts(shards: ReadonlySet<number>): readonly ShardSlots[] {
    return [...this.#parts.values()].filter(({ shard }) => shards.has(shard));
  }

  #merge(now: number): RealtimeLists {
    const slot = slotOf(now);
    const parts = [...this.#parts.values()];
    const heard = parts.filter((part) => part.slot >= slot - 1);
    // Of the others the stamp is kept, by which an older message is known.
    for (const part of parts) {
      if (part.slot < slot - 1) this.#parts.set(part.shard, { ...part, contents: [] });
    }
    const asOf = Math.max(...(heard.length > 0 ? heard : parts).map((part) => part.asOf));
    const bounds = { from: (slot - RANKED_SLOTS + 1) * SLOT_MS, to: (slot + 1) * SLOT_MS };
    return { asOf, ...bounds, ...mergeSlots(heard) };
  }
}

/** Those with the most views now, then an hour ago: a shard tells more only of very many categories. */
const firstOf = (contents: readonly SlotViews[], share: number): readonly SlotViews[] =>
  contents.length <= share
    ? contents
    : contents.toSorted((a, b) => b.views - a.views || b.before - a.before).slice(0, share);
