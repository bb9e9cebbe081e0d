/**
 * Numbers of live streams, as `src/schema/d1/viewers.ts` explains them. `viewer_history` and `daily_statistics` are
 * partitioned by month, `user_sessions` by day (in the migration, which Drizzle cannot say).
 */
import { desc } from "drizzle-orm";
import { index, mysqlTable, primaryKey } from "drizzle-orm/mysql-core";
import { count, day, id, small, stamp, time, word } from "./columns.ts";

export const currentViewers = mysqlTable(
  "current_viewers",
  {
    stream: id("stream_id").primaryKey(),
    broadcaster: id("broadcaster_id").notNull(),
    category: id("category_id"),
    status: word<"live" | "syncing" | "ended">("status"),
    viewers: count("viewer_count"),
    peak: count("peak_viewers"),
    total: count("total_viewers"),
    uniqueToday: count("unique_today"),
    startedAt: time("started_at").notNull(),
    asOf: time("as_of").notNull(),
    stamp: stamp(),
  },
  (table) => [
    index("current_viewers_front").on(table.status, desc(table.viewers), desc(table.startedAt)),
    index("current_viewers_category").on(
      table.category,
      table.status,
      desc(table.viewers),
      desc(table.startedAt),
    ),
  ],
);

export const viewerHistory = mysqlTable(
  "viewer_history",
  {
    stream: id("stream_id").notNull(),
    recordedAt: time("recorded_at").notNull(),
    broadcaster: id("broadcaster_id").notNull(),
    viewers: count("viewer_count"),
    peak: count("peak_viewers"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.stream, table.recordedAt] }),
    // The stream is in it anyway, as part of the primary key; MariaDB sorts by it only if it is named.
    index("viewer_history_by_broadcaster").on(table.broadcaster, table.recordedAt, table.stream),
  ],
);

export const userSessions = mysqlTable(
  "user_sessions",
  {
    startedDay: day("started_day"),
    session: id("session_id").notNull(),
    stream: id("stream_id").notNull(),
    visitor: id("visitor").notNull(),
    startedAt: time("started_at").notNull(),
    endedAt: time("ended_at"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.startedDay, table.session] }),
    index("user_sessions_by_stream").on(table.stream, table.startedAt),
  ],
);

export const dailyStatistics = mysqlTable(
  "daily_statistics",
  {
    stream: id("stream_id").notNull(),
    day: day(),
    broadcaster: id("broadcaster_id").notNull(),
    peak: count("peak_viewers"),
    uniques: count("unique_viewers"),
    sessions: count("sessions"),
    watchedSeconds: count("watched_seconds"),
    liveSeconds: small("live_seconds"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.stream, table.day] }),
    index("daily_statistics_by_broadcaster").on(table.broadcaster, table.day),
  ],
);
