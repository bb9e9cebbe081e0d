import type { ContentId } from "../../core/ids.ts";
import { PUBLISH_MAX_COUNTS, PUBLISH_MAX_WAITING } from "../../core/limits.ts";
import type { PublishWalk, WalkStep } from "./publish-walk.ts";

/**
 * Contents whose numbers the read model does not have: those that changed, in the order in which they first did, what a
 * walk still has to meet, and the batch that is on its way or failed. Knows the version through which nothing of all that
 * is missing.
 */
export class Unpublished {
  /** The version of the first change that is in no batch; ascending. */
  #waiting = new Map<ContentId, number>();
  #walk: PublishWalk | undefined;
  readonly #batch = new Set<ContentId>();
  /** Without the batch everything through this version is published. */
  #batchAbove = Number.POSITIVE_INFINITY;
  #isLeftBehind = false;

  /** @returns false: too many wait, and a walk has to find them */
  changed(content: ContentId, version: number): boolean {
    if (this.#waiting.has(content)) return true;
    if (this.#waiting.size >= PUBLISH_MAX_WAITING) return false;
    this.#waiting.set(content, version);
    return true;
  }

  /** What changed before it meets as well. */
  walk(walk: PublishWalk): void {
    this.#waiting = new Map();
    this.#walk = walk;
  }

  /** Something was not published when its time came. */
  get isOverdue(): boolean {
    return this.#batch.size > 0 || this.#walk !== undefined || this.#isLeftBehind;
  }

  get isEmpty(): boolean {
    return !this.isOverdue && this.#waiting.size === 0;
  }

  /** @param position everything there is. @returns the version through which all is published */
  through(position: number): number {
    const [first = Number.POSITIVE_INFINITY] = this.#waiting.values();
    return Math.min(
      position,
      first - 1,
      this.#batchAbove,
      this.#walk?.floor ?? Number.POSITIVE_INFINITY,
    );
  }

  /** The next batch: what failed last time, then what changed, then what the walk meets. */
  take(): readonly WalkStep[] {
    const batch = this.#batch;
    for (const content of batch) this.#waiting.delete(content);
    for (const [content, version] of this.#waiting) {
      if (batch.size >= PUBLISH_MAX_COUNTS) break;
      this.#waiting.delete(content);
      this.#add(content, version - 1);
    }
    this.#isLeftBehind = this.#waiting.size > 0;
    const met = new Map<ContentId, WalkStep>();
    while (this.#walk !== undefined && batch.size < PUBLISH_MAX_COUNTS) {
      for (const step of this.#walk.next(PUBLISH_MAX_COUNTS - batch.size)) {
        this.#add(step.content, this.#walk.floor);
        met.set(step.content, step);
      }
      if (this.#walk.isDone) this.#walk = undefined;
    }
    return Array.from(batch, (content) => met.get(content) ?? { content });
  }

  /** The batch is published. */
  published(): void {
    this.#batch.clear();
    this.#batchAbove = Number.POSITIVE_INFINITY;
  }

  #add(content: ContentId, above: number): void {
    this.#batch.add(content);
    this.#batchAbove = Math.min(this.#batchAbove, above);
  }
}
