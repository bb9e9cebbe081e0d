import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { ELAPSED, type Timers } from "../../ports/timers.ts";

export const systemClock: Clock = { now: () => Date.now() };

export const systemTimers: Timers = {
  start(ms) {
    const { promise, resolve } = Promise.withResolvers<typeof ELAPSED>();
    const handle = setTimeout(() => resolve(ELAPSED), ms);
    return { elapsed: promise, cancel: () => clearTimeout(handle) };
  },
};

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  fraction: () => Math.random(),
};
