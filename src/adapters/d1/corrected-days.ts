import { and, eq, gt, gte, lt, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import { viewRegions, viewUniques } from "../../schema/d1/views.ts";
import { inDayBatches } from "../sql/corrected-days.ts";
import { ROWS_PER_STATEMENT, upsertStatement } from "./forward-upsert.ts";

/** Drizzle over D1, and the binding under it. */
export type D1Handle = DrizzleD1Database & { readonly $client: D1Database };

/** What correction knows of days. A batch of D1 is a transaction. */
export const d1CorrectedDays = (
  db: D1Handle,
): Pick<StatisticsTables, "saveUniques" | "regions"> => ({
  async saveUniques(rows) {
    let statements = 0;
    for (const { uniques, regions } of inDayBatches(rows, ROWS_PER_STATEMENT)) {
      await db.$client.batch([
        prepared(db, upsertStatement(viewUniques, uniques)),
        ...regions.map((some) => prepared(db, upsertStatement(viewRegions, some))),
      ]);
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

const dialect = new SQLiteAsyncDialect();

/** Drizzle has no batch of statements that it did not build itself. */
const prepared = ({ $client }: D1Handle, statement: SQL): D1PreparedStatement => {
  const { sql: text, params } = dialect.sqlToQuery(statement);
  return $client.prepare(text).bind(...params);
};
