import type { ContentId } from "../../core/ids.ts";
import { PUBLISH_AGAIN_MAX } from "../../core/limits.ts";
import type { TotalRow } from "../../core/views/ledger.ts";
import type { PublishStore } from "../../ports/publish-store.ts";

export interface PublishWalkDeps {
  readonly store: Pick<PublishStore, "youngestTotals">;
  /** Contents whose totals are not saved, as it begins. */
  readonly unsaved: readonly ContentId[];
  /** Everything through this version is published. */
  readonly floor: number;
  /** Of totals that have not changed since this version, only the youngest are published again. */
  readonly lostAt: number;
}

/** A content to publish, with what is saved of it where it has been read. */
export interface WalkStep {
  readonly content: ContentId;
  readonly saved?: TotalRow;
}

/**
 * Goes over everything above a version when nobody remembers what of it is published: first what is in memory alone,
 * then the saved totals from the youngest down, each page read when it is asked for. A total that changes meanwhile rises
 * above it and is not met any more: whoever made the change publishes it.
 */
export class PublishWalk {
  readonly floor: number;
  readonly #deps: PublishWalkDeps;
  #unsavedMet = 0;
  #before: TotalRow | undefined;
  #againLeft = PUBLISH_AGAIN_MAX;
  #isDone = false;

  constructor(deps: PublishWalkDeps) {
    this.#deps = deps;
    this.floor = deps.floor;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** @returns at most `limit`; nothing when it is done, and perhaps before */
  next(limit: number): readonly WalkStep[] {
    const { store, unsaved, floor: above } = this.#deps;
    const met = unsaved.slice(this.#unsavedMet, this.#unsavedMet + limit);
    this.#unsavedMet += met.length;
    if (met.length > 0) return met.map((content) => ({ content }));
    const page = store.youngestTotals({ before: this.#before, above, limit });
    this.#before = page.at(-1);
    const steps = page.filter((total) => this.#isOwed(total));
    this.#isDone = page.length < limit || steps.length < page.length;
    return steps.map((saved) => ({ content: saved.content, saved }));
  }

  #isOwed({ version }: TotalRow): boolean {
    if (version > this.#deps.lostAt) return true;
    this.#againLeft -= 1;
    return this.#againLeft >= 0;
  }
}
