import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import { viewDaily, viewUniques } from "../../schema/d1/views.ts";
import { type D1Handle, d1CorrectedDays } from "./corrected-days.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import { mostViewed } from "./most-viewed.ts";

export const d1StatisticsTables = (db: D1Handle): StatisticsTables => ({
  saveDays: (rows) => forwardUpsert(db, viewDaily, rows),
  ...d1CorrectedDays(db),

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

  mostViewed: (span, limit) => mostViewed(db, span, limit),
});
