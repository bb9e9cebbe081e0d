export interface Timer {
  readonly elapsed: Promise<typeof ELAPSED>;
  /** The promise then never settles. */
  cancel(): void;
}

export interface Timers {
  start(ms: number): Timer;
}

export const ELAPSED = Symbol("elapsed");

/** @returns what `work` resolves to, or `ELAPSED` after `ms`; the work goes on */
export const within = <T>(
  work: Promise<T>,
  ms: number,
  timers: Timers,
): Promise<T | typeof ELAPSED> => {
  const first = Promise.withResolvers<T | typeof ELAPSED>();
  const timer = timers.start(ms);
  timer.elapsed.then(first.resolve, first.reject);
  work.then(
    (value) => {
      timer.cancel();
      first.resolve(value);
    },
    (cause) => {
      timer.cancel();
      first.reject(cause);
    },
  );
  return first.promise;
};

/** It took too long; what was begun may still end well. */
export class TimeoutError extends Error {}

/** @throws TimeoutError after `ms`; what was begun goes on */
export const demandWithin = async <T>(
  work: Promise<T>,
  ms: number,
  what: string,
  timers: Timers,
): Promise<T> => {
  const result = await within(work, ms, timers);
  if (result === ELAPSED) throw new TimeoutError(`${what} did not answer within ${ms} ms`);
  return result;
};
