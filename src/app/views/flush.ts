import { CRON_PARALLEL } from "../../core/limits.ts";
import { allShards, type ShardSchedule } from "../../core/views/shards.ts";
import type { Clock } from "../../ports/clock.ts";
import type { JobRun, JobTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { inParallel } from "../in-parallel.ts";
import { uuid } from "../uuid.ts";

export interface FlushDeps {
  readonly tallies: Pick<Tallies, "flush">;
  readonly schedule: ShardSchedule;
  readonly jobs: Pick<JobTables, "record">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

interface Failure {
  readonly shard: number;
  readonly cause: string;
}

/** Has every Tally bring what changed to the database, a few at a time; one that fails stops no other. Runs may overlap. */
export const flush = async (deps: FlushDeps): Promise<JobRun> => {
  const { tallies, schedule, clock, random, log } = deps;
  const startedAt = clock.now();
  const failed: Failure[] = [];
  let rows = 0;
  let statements = 0;
  await inParallel(allShards(schedule), CRON_PARALLEL, async (shard) => {
    try {
      const answer = await tallies.flush(shard);
      rows += answer.rows;
      statements += answer.statements;
      const { approximateMinutes } = answer.status;
      if (approximateMinutes > 0) log.warn("tally.approximate", { shard, approximateMinutes });
    } catch (cause) {
      failed.push({ shard, cause: `${cause}` });
      log.error("flush.shard-failed", { shard, cause: `${cause}` });
    }
  });

  const run: JobRun = {
    id: uuid(startedAt, random),
    job: "flush",
    startedAt,
    durationMs: clock.now() - startedAt,
    rows,
    statements,
    failures: failed.length,
    detail: failed.length === 0 ? "" : JSON.stringify(failed),
  };
  log.info("flush.done", { rows, statements, failures: failed.length, ms: run.durationMs });
  await deps.jobs
    .record(run)
    .catch((cause) => log.error("flush.unrecorded", { cause: `${cause}` }));
  return run;
};
