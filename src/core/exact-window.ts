import type { Quota } from "./sliding-window.ts";

/** The times of what happened lately, for quotas so small that each may be kept: exact to the millisecond. */
export class ExactWindow {
  readonly #quota: Quota;
  #times: readonly number[] = [];

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /** @param now ms, never falling @returns whether there was a place, which is then taken */
  take(now: number): boolean {
    this.#times = this.#times.filter((time) => now - time < this.#quota.windowMs);
    if (this.#times.length >= this.#quota.limit) return false;
    this.#times = [...this.#times, now];
    return true;
  }
}
