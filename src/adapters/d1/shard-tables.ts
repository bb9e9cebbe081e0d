import { and, asc, eq, gt, gte, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { CellRecord, ShardTables } from "../../ports/database.ts";
import { viewHourly, viewTotals } from "../../schema/d1/views.ts";

export const d1ShardTables = (db: DrizzleD1Database): ShardTables => ({
  cells: (shard, after, limit, from) =>
    db
      .select()
      .from(viewHourly)
      .where(
        and(
          eq(viewHourly.shard, shard),
          after && isBehind(after),
          from === undefined ? undefined : gte(viewHourly.hour, from),
        ),
      )
      .orderBy(asc(viewHourly.content), asc(viewHourly.hour))
      .limit(limit),

  totals: (shard, after, limit) =>
    db
      .select()
      .from(viewTotals)
      .where(and(eq(viewTotals.shard, shard), after && gt(viewTotals.content, after.content)))
      .orderBy(asc(viewTotals.content))
      .limit(limit),
});

/** SQLite walks a comparison of rows along an index. */
const isBehind = ({ content, hour }: Pick<CellRecord, "content" | "hour">): SQL | undefined =>
  sql`(${viewHourly.content}, ${viewHourly.hour}) > (${content}, ${hour})`;
