import type { ShardSchedule } from "../../core/views/shards.ts";
import type { JobRun } from "../../ports/database.ts";
import { type JobRunDeps, runJob } from "../job-run.ts";
import { askEveryShard } from "./every-shard.ts";

export interface ShardsJobDeps extends JobRunDeps {
  readonly schedule: ShardSchedule;
}

export interface ShardWork {
  readonly rows: number;
  readonly statements: number;
  /** What is left to do without having failed, as it is to stand in the run. */
  readonly left?: object | undefined;
}

/** A job that every Tally does for itself. A shard that fails is named in the run. */
export const runOnEveryShard = (
  job: string,
  deps: ShardsJobDeps,
  work: (shard: number) => Promise<ShardWork>,
): Promise<JobRun> =>
  runJob(job, deps, async () => {
    const { answers, failed } = await askEveryShard(deps.schedule, work);
    for (const failure of failed) deps.log.error(`${job}.shard-failed`, { ...failure });
    return {
      rows: answers.reduce((sum, { answer }) => sum + answer.rows, 0),
      statements: answers.reduce((sum, { answer }) => sum + answer.statements, 0),
      failed,
      left: answers.flatMap(({ answer }) => answer.left ?? []),
    };
  });
