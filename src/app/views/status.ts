import { CRON_PARALLEL } from "../../core/limits.ts";
import { allShards, type ShardSchedule } from "../../core/views/shards.ts";
import type { JobRun, JobTables } from "../../ports/database.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { TallyStatus } from "../../protocol/object-rpc.ts";
import { inParallel } from "../in-parallel.ts";

export interface StatusDeps {
  readonly tallies: Pick<Tallies, "status">;
  readonly jobs: Pick<JobTables, "last">;
  readonly schedule: ShardSchedule;
}

export type ShardStatus =
  | ({ readonly shard: number; readonly unflushed: number } & TallyStatus)
  | { readonly shard: number; readonly failed: string };

export interface Status {
  readonly shards: readonly ShardStatus[];
  /** Each absent before the first run, and when the database does not answer. */
  readonly lastFlush: JobRun | undefined;
  readonly lastClose: JobRun | undefined;
  readonly lastUpkeep: JobRun | undefined;
}

/** How the shards stand; one that does not answer is named, and the others are told all the same. */
export const readStatus = async ({ tallies, jobs, schedule }: StatusDeps): Promise<Status> => {
  const ask = async (shard: number): Promise<ShardStatus> => {
    try {
      const status = await tallies.status(shard);
      return { shard, unflushed: status.position - status.flushed, ...status };
    } catch (cause) {
      return { shard, failed: `${cause}` };
    }
  };
  const last = (job: string) => jobs.last(job).catch(() => undefined);
  const [shards, lastFlush, lastClose, lastUpkeep] = await Promise.all([
    inParallel(allShards(schedule), CRON_PARALLEL, ask),
    last("flush"),
    last("close"),
    last("upkeep"),
  ]);
  return { shards, lastFlush, lastClose, lastUpkeep };
};
