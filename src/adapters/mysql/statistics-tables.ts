import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import { viewDaily, viewRegions, viewUniques } from "../../schema/mysql/views.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import type { MySqlHandle } from "./handle.ts";
import { mostViewed } from "./most-viewed.ts";

/** @param patient for sums over everything: the same, with more time for a statement */
export const mysqlStatisticsTables = (db: MySqlHandle, patient: MySqlHandle): StatisticsTables => ({
  saveDays: (rows) => forwardUpsert(db.$client, viewDaily, rows),
  saveUniques: (rows) => forwardUpsert(db.$client, viewUniques, rows),
  saveRegions: (rows) => forwardUpsert(db.$client, viewRegions, rows),

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

  regions: (content, from, to) =>
    db
      .select()
      .from(viewRegions)
      .where(
        and(eq(viewRegions.content, content), gte(viewRegions.day, from), lt(viewRegions.day, to)),
      )
      .orderBy(asc(viewRegions.day), asc(viewRegions.shard)),

  mostViewed: (span, limit) => mostViewed(patient, span, limit),
});
