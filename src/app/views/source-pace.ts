import { PACE_MAX_MS } from "../../core/limits.ts";
import { nextAfterMs } from "../../core/views/pacing.ts";

/** Who handed something over lately, to pace all of them by their number. */
export class SourcePace {
  readonly #seenAt = new Map<string, number>();

  get sources(): number {
    return this.#seenAt.size;
  }

  nextAfterMs(source: string, now: number): number {
    this.#seenAt.delete(source);
    this.#seenAt.set(source, now);
    for (const [oldest, seenAt] of this.#seenAt) {
      if (now - seenAt <= 2 * PACE_MAX_MS) break;
      this.#seenAt.delete(oldest);
    }
    return nextAfterMs(this.#seenAt.size);
  }
}
