import type { JobRun } from "../../ports/database.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { runOnEveryShard, type ShardsJobDeps } from "./shards-job.ts";

export interface FlushDeps extends ShardsJobDeps {
  readonly tallies: Pick<Tallies, "flush">;
}

/** Has every Tally bring what changed to the database. Runs may overlap. */
export const flush = (deps: FlushDeps): Promise<JobRun> =>
  runOnEveryShard("flush", deps, async (shard) => {
    const answer = await deps.tallies.flush(shard);
    const { approximateMinutes } = answer.status;
    if (approximateMinutes > 0) deps.log.warn("tally.approximate", { shard, approximateMinutes });
    return answer;
  });
