import { desc, eq } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { JobTables } from "../../ports/database.ts";
import { jobRuns } from "../../schema/d1/operations.ts";

export const d1JobTables = (db: DrizzleD1Database): JobTables => ({
  async record(run) {
    await db.insert(jobRuns).values(run).onConflictDoNothing();
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
