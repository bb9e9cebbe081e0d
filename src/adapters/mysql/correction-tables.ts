import { desc, lt, sql } from "drizzle-orm";
import type { CorrectionTables } from "../../ports/correction-tables.ts";
import { correctionRuns } from "../../schema/mysql/operations.ts";
import type { MySqlHandle } from "./handle.ts";

export const mysqlCorrectionTables = (db: MySqlHandle): CorrectionTables => ({
  async record(run) {
    await db
      .insert(correctionRuns)
      .values(run)
      .onDuplicateKeyUpdate({ set: { run: sql`run` } });
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
