import { and, desc, eq, type SQL } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { JobRun, JobTables } from "../../ports/database.ts";
import { jobRuns } from "../../schema/d1/operations.ts";

export const d1JobTables = (db: DrizzleD1Database): JobTables => ({
  async record(run) {
    await db.insert(jobRuns).values(run).onConflictDoNothing();
  },

  async last(job) {
    return (await runs(db, eq(jobRuns.job, job), 1))[0];
  },

  async lastWhole(job) {
    return (await runs(db, and(eq(jobRuns.job, job), eq(jobRuns.failures, 0)), 1))[0];
  },

  recent: (job, limit) => runs(db, eq(jobRuns.job, job), limit),
});

/** The youngest first. */
const runs = (
  db: DrizzleD1Database,
  which: SQL | undefined,
  limit: number,
): Promise<readonly JobRun[]> =>
  db.select().from(jobRuns).where(which).orderBy(desc(jobRuns.startedAt)).limit(limit);
