import { RAW_RETENTION_MS } from "../../core/limits.ts";
import { hourOf } from "../../core/views/ledger.ts";
import type { JobRun } from "../../ports/database.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { runOnEveryShard, type ShardsJobDeps } from "./shards-job.ts";

export interface CloseDeps extends ShardsJobDeps {
  readonly tallies: Pick<Tallies, "close">;
}

/** Has every Tally close the hours that are older than raw retention; the run's rows are cells. Runs may overlap. */
export const close = (deps: CloseDeps): Promise<JobRun> => {
  const before = hourOf(deps.clock.now() - RAW_RETENTION_MS);
  return runOnEveryShard("close", deps, async (shard) => {
    const { cells, statements, raw } = await deps.tallies.close(shard, before);
    return { rows: cells, statements, left: raw.left ? { shard, rawObjects: "left" } : undefined };
  });
};
