import { and, asc, desc, eq, gte, lt } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { StreamTables } from "../../ports/database.ts";
import {
  currentViewers,
  dailyStatistics,
  userSessions,
  viewerHistory,
} from "../../schema/d1/viewers.ts";
import { forwardUpsert } from "./forward-upsert.ts";

export const d1StreamTables = (db: DrizzleD1Database): StreamTables => ({
  saveCurrent: (rows) => forwardUpsert(db, currentViewers, rows),
  saveHistory: (rows) => forwardUpsert(db, viewerHistory, rows),
  saveSessions: (rows) => forwardUpsert(db, userSessions, rows),
  saveDays: (rows) => forwardUpsert(db, dailyStatistics, rows),

  ranking(limit, category) {
    const { stream, viewers, startedAt, status } = currentViewers;
    const live = eq(status, "live");
    return db
      .select({ stream, viewers, startedAt })
      .from(currentViewers)
      .where(category === undefined ? live : and(eq(currentViewers.category, category), live))
      .orderBy(desc(viewers), desc(startedAt))
      .limit(limit);
  },

  history: (stream, from, to) =>
    db
      .select()
      .from(viewerHistory)
      .where(and(eq(viewerHistory.stream, stream), recorded(from, to)))
      .orderBy(asc(viewerHistory.recordedAt)),

  broadcasterHistory: (broadcaster, from, to) =>
    db
      .select()
      .from(viewerHistory)
      .where(and(eq(viewerHistory.broadcaster, broadcaster), recorded(from, to)))
      .orderBy(asc(viewerHistory.recordedAt), asc(viewerHistory.stream)),
});

const recorded = (from: number, to: number) =>
  and(gte(viewerHistory.recordedAt, from), lt(viewerHistory.recordedAt, to));
