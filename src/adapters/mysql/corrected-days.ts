import { and, eq, gt, gte, lt, sql } from "drizzle-orm";

import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import { viewRegions, viewUniques } from "../../schema/mysql/views.ts";
import { inDayBatches } from "../sql/corrected-days.ts";
import { forwardUpsert, ROWS_PER_STATEMENT } from "./forward-upsert.ts";
import type { MySqlHandle } from "./handle.ts";

/** What correction knows of days. Where MySQL is sharded, that of one content lies in one shard, and commits as one. */
export const mysqlCorrectedDays = (
  db: MySqlHandle,
): Pick<StatisticsTables, "saveUniques" | "regions"> => ({
  async saveUniques(rows) {
    let statements = 0;
    for (const { uniques, regions } of inDayBatches(rows, ROWS_PER_STATEMENT)) {
      await db.$client.transaction(async (tx) => {
        await forwardUpsert(tx, viewUniques, uniques);
        for (const some of regions) await forwardUpsert(tx, viewRegions, some);
      });
      statements += 1 + regions.length;
    }
    return statements;
  },

  regions(id, from, to) {
    const { content, day, shard, country, region, city, stamp } = viewRegions;
    const views = sql<number>`sum(${viewRegions.views})`.mapWith(Number);
    // Of one statement, so that what it sees was committed together.
    return db
      .select({ country, region, city, views })
      .from(viewRegions)
      .innerJoin(
        viewUniques,
        and(
          eq(viewUniques.content, content),
          eq(viewUniques.day, day),
          eq(viewUniques.shard, shard),
          eq(viewUniques.stamp, stamp),
        ),
      )
      .where(and(eq(content, id), gte(day, from), lt(day, to)))
      .groupBy(country, region, city)
      .having(gt(views, 0));
  },
});
