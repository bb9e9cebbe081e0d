import type { Random } from "../ports/random.ts";
import type { Timers } from "../ports/timers.ts";

export interface Tries {
  readonly attempts: number;
  readonly minPauseMs: number;
  readonly maxPauseMs: number;
}

/** What a failure of a try means. */
export interface Failure {
  /** What is thrown in the end. */
  readonly error: Error;
  readonly mayPass: boolean;
}

/**
 * Tries again while the failure may pass, after a random pause, so that two who have locked each other out do not
 * meet again.
 * @param call safe to repeat
 */
export const repeated = async <T>(
  call: () => Promise<T>,
  failureOf: (cause: unknown) => Failure,
  { attempts, minPauseMs, maxPauseMs }: Tries,
  { timers, random }: { readonly timers: Timers; readonly random: Random },
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (cause) {
      const { error, mayPass } = failureOf(cause);
      if (!mayPass || attempt === attempts) throw error;
      await timers.start(minPauseMs + random.fraction() * (maxPauseMs - minPauseMs)).elapsed;
    }
  }
};
