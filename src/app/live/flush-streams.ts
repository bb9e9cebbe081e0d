import type { JobRun } from "../../ports/database.ts";
import type { Rankings } from "../../ports/rankings.ts";
import { type JobRunDeps, runJob } from "../job-run.ts";

export interface FlushStreamsDeps extends JobRunDeps {
  readonly rankings: Pick<Rankings, "flush">;
}

/** Has the list of live streams bring what changed to the database. Runs may overlap. */
export const flushStreams = (deps: FlushStreamsDeps): Promise<JobRun> =>
  runJob("flush-streams", deps, async () => {
    try {
      return { ...(await deps.rankings.flush()), failed: [] };
    } catch (error) {
      const cause = `${error}`;
      deps.log.error("flush-streams.failed", { cause });
      // What it wrote before it failed is not known here; the next run writes the rest.
      return { rows: 0, statements: 0, failed: [{ cause }] };
    }
  });
