import { sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { AgeingTable } from "../../core/partitions.ts";
import type { UpkeepTables } from "../../ports/database.ts";
import { viewHourly } from "../../schema/d1.ts";

/** Of the ageing tables, those this schema has, with the column that says how old a row is. */
const TIME_COLUMNS: Partial<Record<AgeingTable, typeof viewHourly.hour>> = {
  view_hourly: viewHourly.hour,
};

/** SQLite has no partitions: what is too old is deleted row by row. */
export const d1UpkeepTables = (db: DrizzleD1Database): UpkeepTables => ({
  partitions: async () => undefined,
  addPartitions: async () => "refused",
  dropPartition: async () => "refused",

  async deleteBefore(table, below, limit) {
    const column = TIME_COLUMNS[table];
    if (column === undefined) return 0;
    const name = sql.identifier(table);
    const { meta } = await db.run(sql`
      DELETE FROM ${name} WHERE rowid IN
      (SELECT rowid FROM ${name} WHERE ${column} < ${below} LIMIT ${limit})`);
    return meta.changes;
  },
});
