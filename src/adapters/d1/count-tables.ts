import { and, asc, eq, gte, inArray, lt } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { CountTables } from "../../ports/database.ts";
import { viewHourly, viewTotals } from "../../schema/d1/views.ts";
import { selectInBatches } from "../sql/row-table.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";

export const d1CountTables = (db: DrizzleD1Database): CountTables => ({
  saveCells: (rows) => forwardUpsert(db, viewHourly, rows),

  saveTotals: (rows) => forwardUpsert(db, viewTotals, rows),

  totals: (contents) =>
    selectInBatches(contents, IDS_PER_STATEMENT, (batch) =>
      db.select().from(viewTotals).where(inArray(viewTotals.content, batch)),
    ),

  hours: (content, from, to) =>
    db
      .select()
      .from(viewHourly)
      .where(
        and(eq(viewHourly.content, content), gte(viewHourly.hour, from), lt(viewHourly.hour, to)),
      )
      .orderBy(asc(viewHourly.hour), asc(viewHourly.shard)),
});
