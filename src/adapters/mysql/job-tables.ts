import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import type { JobRun, JobTables } from "../../ports/database.ts";
import { jobRuns } from "../../schema/mysql/operations.ts";
import type { MySqlHandle } from "./handle.ts";

export const mysqlJobTables = (db: MySqlHandle): JobTables => ({
  async record(run) {
    await db
      .insert(jobRuns)
      .values(run)
      .onDuplicateKeyUpdate({ set: { id: sql`id` } });
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
const runs = (db: MySqlHandle, which: SQL | undefined, limit: number): Promise<readonly JobRun[]> =>
  db.select().from(jobRuns).where(which).orderBy(desc(jobRuns.startedAt)).limit(limit);
