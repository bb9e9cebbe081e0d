import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../src/ports/clock.ts";
import { ELAPSED, type Timer, type Timers } from "../../src/ports/timers.ts";

interface Pending {
  readonly at: number;
  readonly resolve: (elapsed: typeof ELAPSED) => void;
}

/** Time that passes when the test says so. */
export class HandTime implements Clock, Timers {
  #now = Date.UTC(2026, 10, 21);
  readonly #pending = new Set<Pending>();

  now(): number {
    return this.#now;
  }

  start(ms: number): Timer {
    const { promise, resolve } = Promise.withResolvers<typeof ELAPSED>();
    const pending = { at: this.#now + ms, resolve };
    this.#pending.add(pending);
    return { elapsed: promise, cancel: () => this.#pending.delete(pending) };
  }

  /** Timers nobody cancelled: what waits forever leaves one. */
  get running(): number {
    return this.#pending.size;
  }

  /** Lets time pass, and then everything happen that follows from it. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    for (const pending of this.#pending) {
      if (pending.at > this.#now) continue;
      this.#pending.delete(pending);
      pending.resolve(ELAPSED);
    }
    await settled();
  }
}

/** Everything that only waits for promises has happened. */
export const settled = (): Promise<void> => nextTurn();
