import type { PublishProgress } from "../../ports/publish-store.ts";
import type { CountsPublished, KeptMark, PublishMark } from "../../ports/read-model.ts";

/** What a read model still has of what it acknowledged: everything, nothing, or what was published through a version. */
export type Kept = "all" | "nothing" | { readonly through: number };

/** What a Tally and its read model have said to each other, by which each answer tells whether something was lost. */
export class PublishAccount {
  #incarnation: string | undefined;
  #called: number;
  #acknowledged: number;
  /** The store had no mark of ours when it answered last, and was told everything for it. */
  #isMarkless = false;

  constructor({ incarnation, call }: Pick<PublishProgress, "incarnation" | "call">) {
    this.#incarnation = incarnation;
    this.#called = call;
    this.#acknowledged = call;
  }

  get saved(): Pick<PublishProgress, "incarnation" | "call"> {
    return { incarnation: this.#incarnation, call: this.#acknowledged };
  }

  /** @param now ms: a call of this life is above all of lives that nobody saved */
  nextCall(now: number): Pick<PublishMark, "call" | "acknowledged"> {
    this.#called = Math.max(this.#called + 1, now);
    return { call: this.#called, acknowledged: this.#acknowledged };
  }

  heard({ call }: PublishMark, { incarnation, had }: CountsPublished): Kept {
    const kept = this.#keptBy(incarnation, had);
    this.#isMarkless = had === undefined && this.#incarnation !== undefined;
    this.#incarnation = incarnation;
    this.#acknowledged = call;
    // A clock that went back is not to stay below what is there.
    this.#called = Math.max(this.#called, had?.call ?? 0);
    return kept;
  }

  /** A call that nobody heard of may have met the store that fell back before this one did. */
  #hasFallenBack({ call, isAfterLoss }: KeptMark): boolean {
    return call < this.#acknowledged || (isAfterLoss && call > this.#acknowledged);
  }

  #keptBy(incarnation: string, had: CountsPublished["had"]): Kept {
    const before = this.#incarnation;
    if (before === undefined) return "all";
    if (before !== incarnation) return "nothing";
    // One that keeps no marks at all is not told everything without end.
    if (had === undefined) return this.#isMarkless ? "all" : "nothing";
    return this.#hasFallenBack(had) ? { through: had.through } : "all";
  }
}
