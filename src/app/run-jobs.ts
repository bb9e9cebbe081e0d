import type { Log } from "../ports/log.ts";

export interface Job<Deps> {
  readonly name: string;
  run(deps: Deps): Promise<unknown>;
}

/**
 * One after the other, each failing alone.
 * @throws AggregateError at the end when one failed, so that the platform marks the run
 */
export const runJobs = async <Deps extends { readonly log: Log }>(
  jobs: readonly Job<Deps>[],
  deps: Deps,
): Promise<void> => {
  const failed: { readonly name: string; readonly cause: unknown }[] = [];
  for (const job of jobs) {
    try {
      await job.run(deps);
    } catch (cause) {
      failed.push({ name: job.name, cause });
      deps.log.error("cron.job-failed", { job: job.name, cause: `${cause}` });
    }
  }
  if (failed.length === 0) return;
  const names = failed.map(({ name }) => name).join(", ");
  const causes = failed.map(({ cause }) => cause);
  throw new AggregateError(causes, `jobs that failed: ${names}`);
};
