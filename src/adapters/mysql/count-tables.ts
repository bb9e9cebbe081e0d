import { and, asc, eq, gte, inArray, lt } from "drizzle-orm";

import type { CountTables, TotalRecord } from "../../ports/database.ts";
import { viewHourly, viewTotals } from "../../schema/mysql/views.ts";
import { inBatches } from "../sql/row-table.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import type { MySqlHandle } from "./handle.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";

export const mysqlCountTables = (db: MySqlHandle): CountTables => ({
  saveCells: (rows) => forwardUpsert(db.$client, viewHourly, rows),

  saveTotals: (rows) => forwardUpsert(db.$client, viewTotals, rows),

  async totals(contents) {
    const found: TotalRecord[] = [];
    await inBatches(contents, IDS_PER_STATEMENT, async (batch) => {
      const ids = inArray(viewTotals.content, [...batch]);
      found.push(...(await db.select().from(viewTotals).where(ids)));
    });
    return found;
  },

  hours: (content, from, to) =>
    db
      .select()
      .from(viewHourly)
      .where(
        and(eq(viewHourly.content, content), gte(viewHourly.hour, from), lt(viewHourly.hour, to)),
      )
      .orderBy(asc(viewHourly.hour), asc(viewHourly.shard)),
});
