import {
  SLOTS_REARM_MS,
  SLOTS_TELL_AFTER_MS,
  SLOTS_TELL_EVERY_MS,
  SLOTS_TELL_JITTER_MS,
} from "../../core/limits.ts";
import { SLOT_MS } from "../../core/views/slots.ts";

/** When a Tally's slots are told next: after a change, and when a slot ends and numbers fall. Times are unix ms. */
export class SlotPace {
  readonly #jitterMs: number;
  /** Something is untold, and due no sooner than this. */
  #owedAt: number | undefined;
  #calledAt = Number.NEGATIVE_INFINITY;
  /** While a telling is under way: when the alarm looks whether it still is. */
  #lookAt: number | undefined;
  /** The slot that was under way when everything was told last. */
  #toldSlot: number | undefined;

  /**
   * @param toldSlot by an earlier life, and nothing has changed since; 0: it is not known
   * @param fraction in [0, 1), the object's own
   */
  constructor(now: number, toldSlot: number, fraction: number) {
    this.#jitterMs = Math.floor(SLOTS_TELL_JITTER_MS * fraction);
    if (toldSlot === 0) this.changed(now);
    else this.#toldSlot = toldSlot;
  }

  get isUnderWay(): boolean {
    return this.#lookAt !== undefined;
  }

  /** The slot in which everything was told; 0: something is untold, or on its way. */
  get toldSlot(): number {
    if (this.#owedAt !== undefined || this.isUnderWay) return 0;
    return this.#toldSlot ?? 0;
  }

  changed(now: number): void {
    this.owe(now + SLOTS_TELL_AFTER_MS);
  }

  /** Something is to be told again, though nothing has changed here. */
  owe(at: number): void {
    this.#owedAt = Math.min(this.#owedAt ?? Number.POSITIVE_INFINITY, at);
  }

  /** A telling begins, of all there is. */
  called(now: number): void {
    this.#owedAt = undefined;
    this.#calledAt = now;
    this.#lookAt = now + SLOTS_REARM_MS;
  }

  /** It is still under way. */
  looked(now: number): void {
    if (this.#lookAt !== undefined && this.#lookAt <= now) this.#lookAt = now + SLOTS_REARM_MS;
  }

  /** @param slot that was under way when it was told */
  told(slot: number): void {
    this.#lookAt = undefined;
    this.#toldSlot = slot;
  }

  /** It comes again with the next telling that would have been due. */
  failed(now: number): void {
    this.#lookAt = undefined;
    this.owe(now + SLOTS_TELL_EVERY_MS);
  }

  /**
   * @param isAnyLeft whether the two windows had any view in them while a slot was under way
   * @returns `null` is never
   */
  dueAt(isAnyLeft: (slot: number) => boolean): number | null {
    if (this.#lookAt !== undefined) return this.#lookAt;
    const next = this.#calledAt + SLOTS_TELL_EVERY_MS;
    if (this.#owedAt !== undefined) return Math.max(this.#owedAt, next);
    if (this.#toldSlot === undefined || !isAnyLeft(this.#toldSlot)) return null;
    return Math.max((this.#toldSlot + 1) * SLOT_MS + this.#jitterMs, next);
  }
}
