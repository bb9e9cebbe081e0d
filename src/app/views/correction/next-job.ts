import type { WaitingJob } from "../../../ports/corrector-store.ts";

/**
 * The hour that began first, so that each finds the one before it done; a day when none of its hours waits.
 * @param jobs by their start
 */
export const nextJob = (jobs: readonly WaitingJob[], now: number): WaitingJob | undefined =>
  jobs.find((job) => turnAt(job, jobs) <= now);

/** @returns when a job may begin, ms; `Infinity` when none waits */
export const nextTurnAt = (jobs: readonly WaitingJob[]): number =>
  jobs.reduce((soonest, job) => Math.min(soonest, turnAt(job, jobs)), Number.POSITIVE_INFINITY);

const turnAt = (job: WaitingJob, jobs: readonly WaitingJob[]): number => {
  const { kind, startMs, endMs, notBefore } = job;
  if (kind === "hour") return notBefore;
  const isWaitedFor = (it: WaitingJob): boolean =>
    it.kind === "hour" && it.startMs >= startMs && it.startMs < endMs;
  return jobs.some(isWaitedFor) ? Number.POSITIVE_INFINITY : notBefore;
};
