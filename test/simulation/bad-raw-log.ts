import type { RawLog } from "../../src/ports/raw-log.ts";
import type { Timers } from "../../src/ports/timers.ts";
import { MemoryRawLog } from "../support/memory-raw-log.ts";
import type { Prng } from "./prng.ts";

export interface BadRawLogDeps {
  readonly random: Prng;
  isFaulty(): boolean;
}

/** One bucket for the world: it takes its time, refuses, and does what it is asked without saying so. */
export class BadRawLog {
  readonly #stored = new MemoryRawLog();
  readonly #deps: BadRawLogDeps;

  constructor(deps: BadRawLogDeps) {
    this.#deps = deps;
  }

  /** @param timers of whoever asks: the dead are not answered */
  by(timers: Timers): RawLog {
    const { random, isFaulty } = this.#deps;
    const happens = (probability: number) => isFaulty() && random.chance(probability);
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      await timers.start(random.between(1, 40)).elapsed;
      if (happens(0.08)) throw new Error("the bucket is away");
      const result = await work();
      await timers.start(random.between(1, happens(0.05) ? 5_000 : 40)).elapsed;
      if (happens(0.08)) throw new Error("the bucket did not answer");
      return result;
    };
    const stored = this.#stored;
    return {
      put: (name, lines) => call(() => stored.put(name, lines)),
      read: (name) => call(() => stored.read(name)),
      list: (prefix, after) => call(() => stored.list(prefix, after)),
      delete: (names) => call(() => stored.delete(names)),
    };
  }
}
