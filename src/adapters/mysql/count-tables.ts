import { and, asc, eq, gte, inArray, lt } from "drizzle-orm";

import type { CountTables } from "../../ports/database.ts";
import { viewHourly, viewTotals } from "../../schema/mysql/views.ts";
import { selectInBatches } from "../sql/row-table.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import type { MySqlHandle } from "./handle.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";

export const mysqlCountTables = (db: MySqlHandle): CountTables => ({
  saveCells: (rows) => forwardUpsert(db.$client, viewHourly, rows),

  saveTotals: (rows) => forwardUpsert(db.$client, viewTotals, rows),

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
