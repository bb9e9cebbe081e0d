import type { ContentId } from "../../core/ids.ts";
import {
  CATEGORY_ASK_MAX,
  CATEGORY_LIFE_MS,
  CATEGORY_REST_MS,
  CATEGORY_TIMEOUT_MS,
  SLOTS_MAX_CONTENTS,
} from "../../core/limits.ts";
import { Leaders } from "../../core/views/leaders.ts";
import type { SlotSums } from "../../core/views/slot-window.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContentTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import { BoundedMap } from "../bounded-map.ts";

export interface ContentCategoriesDeps {
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly contents: Pick<ContentTables, "findContents">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

interface Known {
  readonly category: string | null;
  /** Ms. */
  readonly until: number;
}

/**
 * What the database says of contents' categories, remembered for some minutes. A database that is away is left alone for
 * a while, and what it said last is believed until it says something else.
 */
export class ContentCategories {
  readonly #deps: ContentCategoriesDeps;
  readonly #known = new BoundedMap<ContentId, Known>(SLOTS_MAX_CONTENTS);
  #restsUntil = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  constructor(deps: ContentCategoriesDeps) {
    this.#deps = deps;
  }

  /** Null: none, or not known. */
  of(content: ContentId): string | null {
    return this.#known.get(content)?.category ?? null;
  }

  /** Before then it is not asked, ms. */
  get restsUntil(): number {
    return this.#restsUntil;
  }

  /**
   * Asks for the most viewed of those that are not known any more, unless it rests. Never fails.
   * @returns whether there are others to be asked for
   */
  async learn(contents: Iterable<SlotSums>): Promise<boolean> {
    const now = this.#deps.clock.now();
    const first = new Leaders(CATEGORY_ASK_MAX);
    let unknown = 0;
    for (const { content, views, before } of contents) {
      if ((this.#known.get(content)?.until ?? 0) > now) continue;
      first.add(content, views + before);
      unknown += 1;
    }
    if (unknown === 0) return false;
    if (now < this.#restsUntil) return true;
    const hasAnswer = await this.#ask(first.first().map(({ content }) => content));
    return !hasAnswer || unknown > CATEGORY_ASK_MAX;
  }

  async #ask(asked: readonly ContentId[]): Promise<boolean> {
    const { name, contents, clock, timers, log } = this.#deps;
    try {
      const finding = contents.findContents(asked);
      const found = await demandWithin(finding, CATEGORY_TIMEOUT_MS, "findContents", timers);
      const until = clock.now() + CATEGORY_LIFE_MS;
      const categories = new Map(found.map(({ id, category }) => [id, category ?? null]));
      for (const content of asked) {
        this.#known.set(content, { category: categories.get(content) ?? null, until });
      }
      this.#isFailing = false;
      return true;
    } catch (cause) {
      this.#restsUntil = clock.now() + CATEGORY_REST_MS;
      if (!this.#isFailing) log.warn("tally.no-categories", { tally: name, cause: `${cause}` });
      this.#isFailing = true;
      return false;
    }
  }
}
