import { sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { AgeingTable } from "../../core/partitions.ts";
import type { UpkeepTables } from "../../ports/database.ts";
import { dailyStatistics, userSessions, viewerHistory } from "../../schema/d1/viewers.ts";
import { viewHourly } from "../../schema/d1/views.ts";

/** Says how old a row is. */
const TIME_COLUMNS = {
  view_hourly: viewHourly.hour,
  viewer_history: viewerHistory.recordedAt,
  daily_statistics: dailyStatistics.day,
  user_sessions: userSessions.startedDay,
} as const satisfies Record<AgeingTable, unknown>;

/** SQLite has no partitions: what is too old is deleted row by row. */
export const d1UpkeepTables = (db: DrizzleD1Database): UpkeepTables => ({
  partitions: async () => undefined,
  addPartitions: async () => "refused",
  dropPartition: async () => "refused",

  async deleteBefore(table, below, limit) {
    const name = sql.identifier(table);
    const { meta } = await db.run(sql`
      DELETE FROM ${name} WHERE rowid IN
      (SELECT rowid FROM ${name} WHERE ${TIME_COLUMNS[table]} < ${below} LIMIT ${limit})`);
    return meta.changes;
  },
});
