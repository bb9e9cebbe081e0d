import { type AnyColumn, and, asc, desc, eq, gte, inArray, lt, max, sum } from "drizzle-orm";

import type { StreamTables } from "../../ports/database.ts";
import {
  currentViewers,
  dailyStatistics,
  userSessions,
  viewerHistory,
} from "../../schema/mysql/viewers.ts";
import { selectInBatches } from "../sql/row-table.ts";
import { forwardUpsert } from "./forward-upsert.ts";
import type { MySqlHandle } from "./handle.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";

export const mysqlStreamTables = (db: MySqlHandle): StreamTables => ({
  saveCurrent: (rows) => forwardUpsert(db.$client, currentViewers, rows),
  saveHistory: (rows) => forwardUpsert(db.$client, viewerHistory, rows),
  saveSessions: (rows) => forwardUpsert(db.$client, userSessions, rows),
  saveDays: (rows) => forwardUpsert(db.$client, dailyStatistics, rows),

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

  broadcasterHistory(broadcaster, from, to) {
    const { recordedAt, viewers, peak } = viewerHistory;
    return db
      .select({ recordedAt, viewers: total(viewers), peak: highest(peak) })
      .from(viewerHistory)
      .where(and(eq(viewerHistory.broadcaster, broadcaster), recorded(from, to)))
      .groupBy(recordedAt)
      .orderBy(asc(recordedAt));
  },

  currents: (streams) =>
    selectInBatches(streams, IDS_PER_STATEMENT, (batch) =>
      db.select().from(currentViewers).where(inArray(currentViewers.stream, batch)),
    ),

  days: (stream, from, to) =>
    db
      .select()
      .from(dailyStatistics)
      .where(and(eq(dailyStatistics.stream, stream), during(from, to)))
      .orderBy(asc(dailyStatistics.day)),

  broadcasterDays(broadcaster, from, to) {
    const { day, peak, uniques, sessions, watchedSeconds, liveSeconds } = dailyStatistics;
    return db
      .select({
        day,
        peak: highest(peak),
        uniques: total(uniques),
        sessions: total(sessions),
        watchedSeconds: total(watchedSeconds),
        liveSeconds: total(liveSeconds),
      })
      .from(dailyStatistics)
      .where(and(eq(dailyStatistics.broadcaster, broadcaster), during(from, to)))
      .groupBy(day)
      .orderBy(asc(day));
  },
});

const recorded = (from: number, to: number) =>
  and(gte(viewerHistory.recordedAt, from), lt(viewerHistory.recordedAt, to));

const during = (from: number, to: number) =>
  and(gte(dailyStatistics.day, from), lt(dailyStatistics.day, to));

/** Drivers tell sums as text: they may be larger than a number. */
const total = (column: AnyColumn) => sum(column).mapWith(Number);
const highest = (column: AnyColumn) => max(column).mapWith(Number);
