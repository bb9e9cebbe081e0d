import type { Hash64 } from "../hash.ts";
import { HeavyKeys } from "./heavy-keys.ts";
import { LEARNING } from "./learning.ts";

/** Networks counted at a time, 12 bytes a slot. */
const COUNTED_MOST = 6_000;

/** Networks whose usual views are kept, those with the most: what is below 1 % of a shard is nobody's suspicion. */
const USUAL_MOST = 500;

/** Below this an average is forgotten. */
const FORGOTTEN_BELOW_VIEWS = 1;

/** Views of a shard by network, over all contents, and what is usual of the largest. */
export class WatchedNetworks {
  readonly #counted = new HeavyKeys(COUNTED_MOST);
  #usual = new Map<string, number>();

  add(network: Hash64): void {
    this.#counted.add(network);
  }

  atLeast(views: number): readonly { readonly key: Hash64; readonly count: number }[] {
    return this.#counted.atLeast(views);
  }

  usual(network: Hash64): number {
    return this.#usual.get(nameOf(network)) ?? 0;
  }

  /**
   * The slot is over, and so many more in which nothing came.
   * @param flagged networks of which something was found: what they did is not usual
   */
  learn(empty: number, flagged: ReadonlySet<string>): void {
    const after = new Map<string, number>();
    for (const { key, count } of this.#counted.atLeast(1).slice(0, USUAL_MOST)) {
      const name = nameOf(key);
      const before = this.#usual.get(name);
      const now = before === undefined ? count : before + LEARNING * (count - before);
      if (!flagged.has(name)) after.set(name, now);
      else if (before !== undefined) after.set(name, before);
    }
    const rest = [...this.#usual].filter(([name]) => !after.has(name));
    for (const [name, before] of rest.sort(([, a], [, b]) => b - a)) {
      if (after.size >= USUAL_MOST || before < FORGOTTEN_BELOW_VIEWS) break;
      after.set(name, before * (1 - LEARNING));
    }
    const decay = (1 - LEARNING) ** empty;
    this.#usual =
      empty === 0 ? after : new Map([...after].map(([name, views]) => [name, views * decay]));
    this.#counted.clear();
  }
}

/** @returns a name for maps */
export const nameOf = ({ hi, lo }: Hash64): string => `${hi}:${lo}`;
