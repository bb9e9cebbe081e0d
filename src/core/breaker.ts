/**
 * A circuit breaker (Nygard, "Release It!", 2007): after some failures in a row nobody asks a backend any more, until
 * after a rest one is let through to try it. Its answer closes the breaker; its failure begins a rest twice as long.
 */
import { BREAKER_FAILURES, BREAKER_REST_MAX_MS, BREAKER_REST_MIN_MS } from "./limits.ts";

/** `probing`: one is trying it. */
export type BreakerPhase = "closed" | "open" | "probing";

export interface BreakerState {
  readonly phase: BreakerPhase;
  /** Since when it has not been closed, ms; `null`: it is. */
  readonly since: number | null;
  /** Failures in a row. */
  readonly failures: number;
}

export class Breaker {
  #failures = 0;
  #restMs = BREAKER_REST_MIN_MS;
  /** When the next one may try; `null`: closed. */
  #restsUntil: number | null = null;
  #since: number | null = null;
  #isProbing = false;

  /** @returns whether the backend may be asked; who is let through says what came of it */
  admits(now: number): boolean {
    if (this.#restsUntil === null) return true;
    // A probe that never came back does not keep others away for ever.
    if (now < this.#restsUntil) return false;
    this.#isProbing = true;
    this.#restsUntil = now + this.#restMs;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restMs = BREAKER_REST_MIN_MS;
    this.#restsUntil = null;
    this.#since = null;
    this.#isProbing = false;
  }

  /** @param isOverload it said itself that it cannot take more: that is enough */
  failed(now: number, isOverload = false): void {
    this.#failures += 1;
    if (this.#restsUntil !== null) {
      if (!this.#isProbing) return;
      this.#restMs = Math.min(BREAKER_REST_MAX_MS, this.#restMs * 2);
    } else if (!isOverload && this.#failures < BREAKER_FAILURES) return;
    this.#isProbing = false;
    this.#since ??= now;
    this.#restsUntil = now + this.#restMs;
  }

  get state(): BreakerState {
    const open = this.#isProbing ? "probing" : "open";
    const phase = this.#restsUntil === null ? "closed" : open;
    return { phase, since: this.#since, failures: this.#failures };
  }
}
