import { COLLECTORS_PER_COLO, OVERLOAD_REST_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Collectors } from "../../ports/collectors.ts";
import type { Log } from "../../ports/log.ts";
import { TimeoutError } from "../../ports/timers.ts";

export interface CollectDeps {
  readonly collectors: Collectors;
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls one group may take: what says overloaded or fails at once is tried elsewhere or again. */
const MAX_CALLS = 3;

/**
 * Sends groups to Collector 0 of the colo, and to the next `k` for a while when one says overloaded.
 * @returns the function that sends one group; it throws when the group may not be durable
 */
export const collectInto = ({ collectors, clock, log }: CollectDeps) => {
  let k = 0;
  let backAt = 0;

  return async (colo: string, frames: Uint8Array): Promise<void> => {
    if (k > 0 && clock.now() >= backAt) k = 0;
    let failure: unknown;
    for (let call = 0; call < MAX_CALLS; call += 1) {
      const asked = k;
      try {
        const { status } = await collectors.append(colo, asked, frames);
        if (status === "committed") return;
        failure = new Error(`collector ${asked} is overloaded`);
        if (asked === k) k = (asked + 1) % COLLECTORS_PER_COLO;
        backAt = clock.now() + OVERLOAD_REST_MS;
      } catch (cause) {
        failure = cause;
        // A Collector that is slow is not helped by the same again; the client repeats what is not durable.
        if (cause instanceof TimeoutError) break;
      }
      log.warn("collect.not-committed", { colo, k: asked, cause: `${failure}` });
    }
    log.error("collect.failed", { colo, bytes: frames.length, cause: `${failure}` });
    throw failure;
  };
};
