import { and, desc, eq, type SQL } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { JobRun, JobTables } from "../../ports/database.ts";
import { jobRuns } from "../../schema/d1/operations.ts";

export const d1JobTables = (db: DrizzleD1Database): JobTables => ({
  async record(run) {
    await db.insert(jobRuns).values(run).onConflictDoNothing();
  },

  last: (job) => lastRun(db, eq(jobRuns.job, job)),
  lastWhole: (job) => lastRun(db, and(eq(jobRuns.job, job), eq(jobRuns.failures, 0))),
});

const lastRun = async (
  db: DrizzleD1Database,
  which: SQL | undefined,
): Promise<JobRun | undefined> => {
  const [row] = await db
    .select()
    .from(jobRuns)
    .where(which)
    .orderBy(desc(jobRuns.startedAt))
    .limit(1);
  return row;
};
