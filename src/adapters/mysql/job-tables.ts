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

  last: (job) => lastRun(db, eq(jobRuns.job, job)),
  lastWhole: (job) => lastRun(db, and(eq(jobRuns.job, job), eq(jobRuns.failures, 0))),
});

const lastRun = async (db: MySqlHandle, which: SQL | undefined): Promise<JobRun | undefined> => {
  const [row] = await db
    .select()
    .from(jobRuns)
    .where(which)
    .orderBy(desc(jobRuns.startedAt))
    .limit(1);
  return row;
};
