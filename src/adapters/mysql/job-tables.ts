import { desc, eq, sql } from "drizzle-orm";
import type { JobTables } from "../../ports/database.ts";
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
    const [row] = await db
      .select()
      .from(jobRuns)
      .where(eq(jobRuns.job, job))
      .orderBy(desc(jobRuns.startedAt))
      .limit(1);
    return row;
  },
});
