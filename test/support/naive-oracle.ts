/**
 * The rule of counting as one would say it, sharing nothing with the product: plain objects, every pair compared.
 * An event counts unless one of the same content and visitor was counted less than a minute away from it.
 */
export interface NaiveView {
  readonly at: number;
  readonly content: string;
  /** Everything the visitor is known by: one key, or two around midnight. */
  readonly keys: readonly string[];
  readonly countable: boolean;
}

export class NaiveOracle {
  readonly #counted: NaiveView[] = [];

  /**
   * Takes views in the order in which they arrive.
   * @param horizon ms; who cannot know all views within a minute before cannot count
   */
  counts(view: NaiveView, horizon = Number.NEGATIVE_INFINITY): boolean {
    if (!view.countable || view.at - 60_000 < horizon) return false;
    if (this.#counted.some((other) => meets(view, other))) return false;
    this.#counted.push(view);
    return true;
  }

  countOf(content: string, fromMs = 0, toMs = Number.POSITIVE_INFINITY): number {
    const within = (view: NaiveView) => view.at >= fromMs && view.at < toMs;
    return this.#counted.filter((view) => view.content === content && within(view)).length;
  }
}

const meets = (a: NaiveView, b: NaiveView): boolean =>
  a.content === b.content &&
  Math.abs(a.at - b.at) < 60_000 &&
  a.keys.some((key) => b.keys.includes(key));
