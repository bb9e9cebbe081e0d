import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import { viewDaily, viewUniques } from "../../schema/mysql/views.ts";
import { mysqlCorrectedDays } from "./corrected-days.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import type { MySqlHandle } from "./handle.ts";
import { mostViewed } from "./most-viewed.ts";

/** @param patient for sums over everything: the same, with more time for a statement */
export const mysqlStatisticsTables = (db: MySqlHandle, patient: MySqlHandle): StatisticsTables => ({
  saveDays: (rows) => forwardUpsert(db.$client, viewDaily, rows),
  ...mysqlCorrectedDays(db),

  days: (content, from, to) =>
    db
      .select()
      .from(viewDaily)
      .where(and(eq(viewDaily.content, content), gte(viewDaily.day, from), lt(viewDaily.day, to)))
      .orderBy(asc(viewDaily.day), asc(viewDaily.shard)),

  uniques: (content, from, to) =>
    db
      .select()
      .from(viewUniques)
      .where(
        and(eq(viewUniques.content, content), gte(viewUniques.day, from), lt(viewUniques.day, to)),
      )
      .orderBy(asc(viewUniques.day), asc(viewUniques.shard)),

  mostViewed: (span, limit) => mostViewed(patient, span, limit),
});
