import { and, asc, eq, gt, gte, or, type SQL } from "drizzle-orm";
import type { CellRecord, ShardTables } from "../../ports/database.ts";
import { viewHourly, viewTotals } from "../../schema/mysql/views.ts";
import type { MySqlHandle } from "./handle.ts";

export const mysqlShardTables = (db: MySqlHandle): ShardTables => ({
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

/** Spelled out, since MySQL reads the whole table to compare rows as `(a, b) > (1, 2)` does. */
const isBehind = ({ content, hour }: Pick<CellRecord, "content" | "hour">): SQL | undefined =>
  or(
    gt(viewHourly.content, content),
    and(eq(viewHourly.content, content), gt(viewHourly.hour, hour)),
  );
