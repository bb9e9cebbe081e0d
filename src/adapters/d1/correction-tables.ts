import { desc, lt } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { CorrectionTables } from "../../ports/correction-tables.ts";
import { correctionRuns } from "../../schema/d1/operations.ts";

export const d1CorrectionTables = (db: DrizzleD1Database): CorrectionTables => ({
  async record(run) {
    await db.insert(correctionRuns).values(run).onConflictDoNothing();
  },

  list({ limit, before }) {
    const { startedAt, shard, hour, run } = correctionRuns;
    return db
      .select()
      .from(correctionRuns)
      .where(before === undefined ? undefined : lt(startedAt, before))
      .orderBy(desc(startedAt), desc(shard), desc(hour), desc(run))
      .limit(limit);
  },
});
