import type { ContentId } from "../ids.ts";

export interface Leader {
  readonly content: ContentId;
  readonly views: number;
}

/** The order of every ranking: the most viewed first, of equals the one whose id comes first by its bytes. */
export const inLead = (a: Leader, b: Leader): number =>
  b.views - a.views || Number(a.content > b.content) - Number(a.content < b.content);

/**
 * The first ones of any number of contents, each added once. At most twice as many are held and sorted now and then;
 * who comes behind the last of the first ones known so far is passed over at once.
 */
export class Leaders {
  readonly #limit: number;
  #held: Leader[] = [];
  /** The last of the first ones when they were sorted last. */
  #last: Leader | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A content without views has no place. */
  add(content: ContentId, views: number): void {
    if (views <= 0) return;
    const leader = { content, views };
    if (this.#last !== undefined && inLead(this.#last, leader) < 0) return;
    this.#held.push(leader);
    if (this.#held.length >= 2 * this.#limit) this.#cut();
  }

  /** In order. */
  first(): readonly Leader[] {
    this.#cut();
    return this.#held;
  }

  #cut(): void {
    this.#held = this.#held.sort(inLead).slice(0, this.#limit);
    if (this.#held.length === this.#limit) this.#last = this.#held.at(-1);
  }
}
