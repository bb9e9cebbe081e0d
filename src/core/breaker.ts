/**
 * A circuit breaker (Nygard, "Release It!", 2007, chapter 5; the three phases as Fowler drew them,
 * https://martinfowler.com/bliki/CircuitBreaker.html): after some failures in a row nobody asks a backend any more,
 * until after a rest one is let through to try it. Its success closes the breaker; its failure begins a rest twice as
 * long, up to a maximum.
 *
 * Calls overlap and come back in any order, so each gets a pass, and a failure counts only while its pass is the
 * current one: what was asked before the opening says nothing of the rest, and a probe that was given up nothing of
 * the one after it. A success is believed whenever it comes: the backend has answered.
 */
import { BREAKER_FAILURES, BREAKER_REST_MAX_MS, BREAKER_REST_MIN_MS } from "./limits.ts";

/** `open`: it rests, or nobody has asked since its rest is over; `probing`: one is trying it. */
export type BreakerPhase = "closed" | "open" | "probing";

export interface BreakerState {
  readonly phase: BreakerPhase;
  /** Since when it has not been closed, ms; `null`: it is. */
  readonly since: number | null;
  /** Failures in a row that counted. */
  readonly failures: number;
  /** The rest under way, or the next one, ms. */
  readonly restMs: number;
}

/** Given with the permission to ask, and brought back with a failure. */
export type Pass = number;

export class Breaker {
  #phase: BreakerPhase = "closed";
  /** Grows with every opening, probe and closing. */
  #current: Pass = 0;
  #failures = 0;
  #restMs = BREAKER_REST_MIN_MS;
  /** Open: the end of the rest; probing: when the probe is given up. Ms. */
  #refusesUntil = 0;
  #since: number | null = null;

  /**
   * @param probeMs an answer takes at most: a probe that never comes back keeps others away for no longer
   * @returns undefined: the backend is not to be asked now
   */
  admit(now: number, probeMs: number): Pass | undefined {
    if (this.#phase === "closed") return this.#current;
    if (now < this.#refusesUntil) return undefined;
    this.#enter("probing", now + probeMs);
    return this.#current;
  }

  /** Of a call that is made in any case, and so is no probe; undefined unless closed: its failure would say nothing new. */
  get pass(): Pass | undefined {
    return this.#phase === "closed" ? this.#current : undefined;
  }

  succeeded(): void {
    if (this.#phase !== "closed") this.#enter("closed", 0);
    this.#failures = 0;
    this.#restMs = BREAKER_REST_MIN_MS;
    this.#since = null;
  }

  /** @param isOverload it said itself that it cannot take more: once is enough */
  failed(pass: Pass | undefined, now: number, isOverload = false): void {
    if (pass !== this.#current) return;
    this.#failures += 1;
    if (this.#phase === "probing") {
      this.#restMs = Math.min(BREAKER_REST_MAX_MS, this.#restMs * 2);
    } else if (!isOverload && this.#failures < BREAKER_FAILURES) return;
    this.#since ??= now;
    this.#enter("open", now + this.#restMs);
  }

  get state(): BreakerState {
    return {
      phase: this.#phase,
      since: this.#since,
      failures: this.#failures,
      restMs: this.#restMs,
    };
  }

  #enter(phase: BreakerPhase, refusesUntil: number): void {
    this.#phase = phase;
    this.#refusesUntil = refusesUntil;
    this.#current += 1;
  }
}
