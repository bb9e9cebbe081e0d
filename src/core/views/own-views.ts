import { DEDUPE_WINDOW_MS } from "../limits.ts";
import { keysOf } from "./fold.ts";
import { type Refolded, StrictFold } from "./refold.ts";
import { EDGE_VERDICTS, type Verdict } from "./verdict.ts";

/** A view of the visitor and content in question. */
export interface OwnView extends Refolded {
  /** As text, of one length: the order of ids is that of time. */
  readonly id: string;
  /** The Tally counted it, in the order of arrival. */
  readonly wasCounted: boolean;
}

export interface OwnVerdict {
  readonly verdict: Verdict;
  /** Of a duplicate: when the view that counts instead was opened, ms. */
  readonly of?: number;
}

/**
 * One visitor's views of one content, gathered from a moment backwards until a verdict is known: the strict fold of
 * everything says of them what it says of them alone, since views of others, and of other contents, have other keys.
 * A view depends on those less than 60 s before it, and these on what lies before them: the chain ends where a minute
 * passed without a view that may count.
 */
export class OwnViews {
  readonly #event: Pick<OwnView, "id" | "at">;
  readonly #max: number;
  readonly #views = new Map<string, OwnView>();
  #knownFrom = Number.NEGATIVE_INFINITY;

  /** @param max as many are kept; the oldest go first, and what the Tally said stands for them */
  constructor(event: Pick<OwnView, "id" | "at">, max: number) {
    this.#event = event;
    this.#max = max;
  }

  /** In any order, copies among them. */
  add(view: OwnView): void {
    if (view.id > this.#event.id || view.at < this.#knownFrom) return;
    const wasCounted = view.wasCounted || this.#views.get(view.id)?.wasCounted === true;
    this.#views.set(view.id, { ...view, wasCounted });
    if (this.#views.size > this.#max) this.#dropOldest();
  }

  /** Whether the verdict may depend on views before `from`, ms, of which none were added. */
  reachesBefore(from: number): boolean {
    const views = this.#ordered().filter(mayCount).reverse();
    if (views[0]?.id !== this.#event.id || from <= this.#knownFrom) return false;
    let earliest = this.#event.at;
    for (const { at } of views) {
      if (earliest - at >= DEDUPE_WINDOW_MS) break;
      earliest = at;
    }
    return earliest - DEDUPE_WINDOW_MS < from;
  }

  /** Views before `from`, ms, stay unknown: what the Tally said of the minute behind it is believed. */
  endAt(from: number): void {
    this.#knownFrom = Math.max(this.#knownFrom, from);
  }

  /** @returns what the strict fold says of the event; `undefined`: it was not added, or too much before it is unknown */
  judge(): OwnVerdict | undefined {
    const judgedFrom = this.#knownFrom + DEDUPE_WINDOW_MS;
    const views = this.#ordered();
    const carried = views.filter(({ at, wasCounted }) => wasCounted && at < judgedFrom);
    const fold = new StrictFold(
      carried.flatMap((view) => keysOf(view).map((key) => ({ key, at: view.at }))),
    );
    let countedAt = carried.at(-1)?.at;
    for (const view of views) {
      if (view.at < judgedFrom) continue;
      const verdict = fold.judge(view);
      if (view.id === this.#event.id) {
        return verdict === "duplicate" && countedAt !== undefined
          ? { verdict, of: countedAt }
          : { verdict };
      }
      if (verdict === "counted") countedAt = view.at;
    }
    return undefined;
  }

  /** A good part at a time: each of these sorts them all. */
  #dropOldest(): void {
    const ordered = this.#ordered();
    const kept = ordered.slice(Math.ceil(ordered.length / 2));
    for (const { id } of ordered.slice(0, -kept.length)) this.#views.delete(id);
    this.endAt(kept[0]?.at ?? this.#event.at);
  }

  #ordered(): OwnView[] {
    return [...this.#views.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

const mayCount = ({ excluded, held, edgeVerdict }: OwnView): boolean =>
  !excluded && !held && edgeVerdict === EDGE_VERDICTS.countable;
