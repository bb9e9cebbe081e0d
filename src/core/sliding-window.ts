/**
 * How often something happened lately, in little memory: counts of parts of time, each up to a tenth of the window long.
 *
 * An exact log of times would be 6,000 numbers for one reader. Two buckets, the older one weighted by how much of it is
 * still in the window, are smaller yet, but let nearly twice the quota through where the older one was filled at its
 * very end. Here a part counts as a whole until the last of it is older than the window, so that no window ever has more
 * than its quota. The price: a place is free up to a tenth of the window later than it would be by the exact log.
 */

export interface Quota {
  /** Requests in any window. */
  readonly limit: number;
  readonly windowMs: number;
}

const PARTS = 10;

export class SlidingWindow {
  readonly #quota: Quota;
  /** By part, the oldest first; eleven at most. */
  readonly #counts: number[] = [];
  /** When the last one of each part came, ms. */
  readonly #lasts: number[] = [];
  /** When the youngest part began, ms. */
  #beganAt = 0;
  #sum = 0;

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** @param now ms @returns how many may still come */
  left(now: number): number {
    this.#forget(now);
    return Math.max(0, this.#quota.limit - this.#sum);
  }

  /** Counts one more, whether or not there is a place for it. */
  add(now: number): void {
    this.#forget(now);
    this.#sum += 1;
    const youngest = this.#counts.length - 1;
    const count = this.#counts[youngest];
    if (count === undefined || now - this.#beganAt >= this.#quota.windowMs / PARTS) {
      this.#beganAt = now;
      this.#counts.push(1);
      this.#lasts.push(now);
      return;
    }
    this.#counts[youngest] = count + 1;
    // A clock that is set back frees nobody's place early.
    this.#lasts[youngest] = Math.max(now, this.#lasts[youngest] ?? now);
  }

  /** @returns ms until the oldest of those that count no longer do, at most the window; 0 when there are none */
  frees(now: number): number {
    this.#forget(now);
    const [oldest] = this.#lasts;
    return oldest === undefined
      ? 0
      : Math.min(this.#quota.windowMs, oldest + this.#quota.windowMs - now);
  }

  #forget(now: number): void {
    for (;;) {
      const [oldest] = this.#lasts;
      if (oldest === undefined || now - oldest < this.#quota.windowMs) return;
      this.#lasts.shift();
      this.#sum -= this.#counts.shift() ?? 0;
    }
  }
}
