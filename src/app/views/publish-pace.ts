import {
  PUBLISH_BACKOFF_MAX_MS,
  PUBLISH_BACKOFF_MIN_MS,
  PUBLISH_PROBE_FOR_MS,
  PUBLISH_PROBE_MS,
  PUBLISH_REARM_MS,
  PUBLISH_WINDOW_MS,
} from "../../core/limits.ts";
import { backoffMs } from "../../core/views/pacing.ts";

const BACKOFF = { min: PUBLISH_BACKOFF_MIN_MS, max: PUBLISH_BACKOFF_MAX_MS };

/** When a Tally's next publish is due. All times are unix ms. */
export class PublishPace {
  #notBefore: number;
  #windowEnds: number | undefined;
  #calledAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** While publishes are under way: when the alarm looks whether they still are. */
  #lookAt: number | undefined;

  /** @param now what a Tally finds when it wakes waits for a window like everything else */
  constructor(now: number) {
    this.#notBefore = now + PUBLISH_WINDOW_MS;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  get isUnderWay(): boolean {
    return this.#lookAt !== undefined;
  }

  changed(now: number): void {
    this.#windowEnds ??= now + PUBLISH_WINDOW_MS;
  }

  /** A call begins, with all that changed so far. */
  called(now: number): void {
    this.#windowEnds = undefined;
    this.#calledAt = now;
    this.#lookAt = now + PUBLISH_REARM_MS;
  }

  /** Publishes are still under way. */
  looked(now: number): void {
    if (this.#lookAt !== undefined && this.#lookAt <= now) this.#lookAt = now + PUBLISH_REARM_MS;
  }

  answered(): void {
    this.#failures = 0;
  }

  /** @param fraction in [0, 1), at random */
  failed(now: number, fraction: number): void {
    this.#failures += 1;
    this.#notBefore = Math.ceil(now + backoffMs(this.#failures, fraction, BACKOFF));
  }

  /** Nothing is under way any more. */
  rested(): void {
    this.#lookAt = undefined;
  }

  /**
   * @param isOverdue something has waited long enough
   * @param changedAt when something changed last
   * @returns `null` is never
   */
  dueAt(isOverdue: boolean, changedAt: number): number | null {
    if (this.#lookAt !== undefined) return this.#lookAt;
    if (isOverdue) return this.#notBefore;
    if (this.#windowEnds !== undefined) return Math.max(this.#notBefore, this.#windowEnds);
    const probeAt = Math.max(this.#notBefore, this.#calledAt + PUBLISH_PROBE_MS);
    return probeAt <= changedAt + PUBLISH_PROBE_FOR_MS ? probeAt : null;
  }
}
