import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import { viewDaily, viewRegions, viewUniques } from "../../schema/d1/views.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import { mostViewed } from "./most-viewed.ts";

export const d1StatisticsTables = (db: DrizzleD1Database): StatisticsTables => ({
  saveDays: (rows) => forwardUpsert(db, viewDaily, rows),
  saveUniques: (rows) => forwardUpsert(db, viewUniques, rows),
  saveRegions: (rows) => forwardUpsert(db, viewRegions, rows),

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

  mostViewed: (span, limit) => mostViewed(db, span, limit),
});
