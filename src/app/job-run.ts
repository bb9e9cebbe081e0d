import type { Clock } from "../ports/clock.ts";
import type { JobRun, JobTables } from "../ports/database.ts";
import type { Log } from "../ports/log.ts";
import type { Random } from "../ports/random.ts";
import { uuid } from "./uuid.ts";

export interface JobRunDeps {
  readonly jobs: Pick<JobTables, "record">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What a run did. */
export interface JobOutcome {
  readonly rows: number;
  readonly statements: number;
  /** A value that can be JSON, for each thing that failed. */
  readonly failed: readonly object[];
  /** The same for what is left to do without having failed. */
  readonly left?: readonly object[];
}

/** Times a job, tells the log and keeps its run in the database. A run that cannot be recorded has run all the same. */
export const runJob = async (
  job: string,
  { jobs, clock, random, log }: JobRunDeps,
  work: () => Promise<JobOutcome>,
): Promise<JobRun> => {
  const startedAt = clock.now();
  const { rows, statements, failed, left = [] } = await work();
  const notes = [...failed, ...left];
  const run: JobRun = {
    id: uuid(startedAt, random),
    job,
    startedAt,
    durationMs: clock.now() - startedAt,
    rows,
    statements,
    failures: failed.length,
    detail: notes.length === 0 ? "" : JSON.stringify(notes),
  };
  log.info(`${job}.done`, { rows, statements, failures: failed.length, ms: run.durationMs });
  await jobs.record(run).catch((cause) => log.error(`${job}.unrecorded`, { cause: `${cause}` }));
  return run;
};
