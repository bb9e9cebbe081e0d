import { sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { UpkeepTables } from "../../ports/database.ts";
import { TIME_COLUMNS } from "../sql/time-columns.ts";

/** SQLite has no partitions: what is too old is deleted row by row. */
export const d1UpkeepTables = (db: DrizzleD1Database): UpkeepTables => ({
  partitions: async () => undefined,
  addPartitions: async () => "refused",
  dropPartition: async () => "refused",

  async deleteBefore(table, below, limit) {
    const name = sql.identifier(table);
    const column = sql.identifier(TIME_COLUMNS[table]);
    const { meta } = await db.run(sql`
      DELETE FROM ${name} WHERE rowid IN
      (SELECT rowid FROM ${name} WHERE ${column} < ${below} LIMIT ${limit})`);
    return meta.changes;
  },
});
