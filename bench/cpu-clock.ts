/** How much CPU time a process had used at a moment that is known only afterwards. */

interface Sample {
  /** Ms. */
  readonly at: number;
  readonly cpuSeconds: number;
}

const SAMPLE_EVERY_MS = 50;

export interface CpuClock {
  /** @param at ms, while the clock ran @returns CPU seconds used by then */
  usedAt(at: number): number;
  stop(): void;
}

/** Samples it from now on. @param cpuSeconds of the process */
export const startCpuClock = (cpuSeconds: () => number): CpuClock => {
  const samples: Sample[] = [];
  const sample = () => void samples.push({ at: Date.now(), cpuSeconds: cpuSeconds() });
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return {
    usedAt: (at) => usedAt(samples, at),
    stop: () => {
      clearInterval(timer);
      sample();
    },
  };
};

/**
 * Between two samples, as if it were used evenly; before the first and behind the last, as in these.
 * @param samples in the order of time
 */
export const usedAt = (samples: readonly Sample[], at: number): number => {
  const index = samples.findIndex((it) => it.at > at);
  const after = samples[index] ?? samples.at(-1);
  const before = samples[index === -1 ? samples.length - 1 : index - 1] ?? after;
  if (before === undefined || after === undefined) return Number.NaN;
  if (before.at === after.at) return before.cpuSeconds;
  const share = (at - before.at) / (after.at - before.at);
  return before.cpuSeconds + share * (after.cpuSeconds - before.cpuSeconds);
};
