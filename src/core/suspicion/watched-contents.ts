import { hashText } from "../hash.ts";
import type { ContentId } from "../ids.ts";
import type { ViewEvent } from "../views/view-event.ts";
import { ContentWatch } from "./content-watch.ts";
import { HeavyKeys } from "./heavy-keys.ts";

/** A content with so many views in five minutes is watched: a fifth of what any rule asks for. */
const WATCHED_FROM_VIEWS = 30;

/** Contents watched at a time, some 2 KB each. */
export const WATCHED_MOST = 2_000;

/** Keys counted until they are watched, 12 bytes a slot. */
const COUNTED_MOST = 6_000;

/** A content nobody views is forgotten when so little of its usual views is left. */
const FORGOTTEN_BELOW_VIEWS = 1;

/**
 * The contents of a shard with many views. Where there are too many of them, it takes more views to be watched, for the
 * slot under way; so what is viewed most is watched whatever else comes.
 */
export class WatchedContents {
  readonly #watched = new Map<ContentId, ContentWatch>();
  readonly #counted = new HeavyKeys(COUNTED_MOST);
  #threshold = WATCHED_FROM_VIEWS;

  get size(): number {
    return this.#watched.size;
  }

  see(event: Pick<ViewEvent, "content" | "network" | "browser">): void {
    const { content } = event;
    const watch = this.#watched.get(content);
    if (watch !== undefined) {
      watch.see(event);
      return;
    }
    const views = this.#counted.add(hashText(content));
    if (views < this.#threshold) return;
    if (this.#watched.size >= WATCHED_MOST) this.#raiseThreshold();
    if (views >= this.#threshold) this.#watched.set(content, new ContentWatch(content, views));
  }

  all(): Iterable<ContentWatch> {
    return this.#watched.values();
  }

  /** The slot is over, and so many more in which nothing came. */
  learn(empty: number): void {
    for (const [content, watch] of this.#watched) {
      watch.learn();
      watch.rest(empty);
      if (watch.usualViews < FORGOTTEN_BELOW_VIEWS) this.#watched.delete(content);
    }
    this.#counted.clear();
    this.#threshold = WATCHED_FROM_VIEWS;
  }

  /** Doubled each time, so that all are looked at a few times a slot. */
  #raiseThreshold(): void {
    while (this.#watched.size >= WATCHED_MOST) {
      this.#threshold *= 2;
      for (const [content, { views, usualViews }] of this.#watched) {
        if (Math.max(views, usualViews) < this.#threshold) this.#watched.delete(content);
      }
    }
  }
}
