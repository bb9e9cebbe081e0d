/** Numbers of live streams. What a row says of its stream's broadcaster and category is repeated here on purpose: rankings and histories are read without a join. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { count, day, id, stamp, time } from "./columns.ts";

/** The last numbers of each stream. */
export const currentViewers = sqliteTable(
  "current_viewers",
  {
    stream: id("stream_id").primaryKey(),
    broadcaster: id("broadcaster_id").notNull(),
    category: id("category_id"),
    status: text("status", { enum: ["live", "syncing", "ended"] }).notNull(),
    viewers: count("viewer_count"),
    peak: count("peak_viewers"),
    total: count("total_viewers"),
    uniqueToday: count("unique_today"),
    startedAt: time("started_at").notNull(),
    /** When the numbers were counted. */
    asOf: time("as_of").notNull(),
    stamp: stamp(),
  },
  (table) => [
    index("current_viewers_front").on(table.status, table.viewers, table.startedAt),
    index("current_viewers_category").on(
      table.category,
      table.status,
      table.viewers,
      table.startedAt,
    ),
  ],
);

/** A sample every five minutes. */
export const viewerHistory = sqliteTable(
  "viewer_history",
  {
    stream: id("stream_id").notNull(),
    recordedAt: time("recorded_at").notNull(),
    broadcaster: id("broadcaster_id").notNull(),
    viewers: count("viewer_count"),
    /** The most since the sample before. */
    peak: count("peak_viewers"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.stream, table.recordedAt] }),
    index("viewer_history_by_broadcaster").on(table.broadcaster, table.recordedAt),
  ],
);

/** From a visitor's first connection to a stream to the last; visitors by a key nobody can turn back. */
export const userSessions = sqliteTable(
  "user_sessions",
  {
    startedDay: day("started_day"),
    session: id("session_id").notNull(),
    stream: id("stream_id").notNull(),
    visitor: id("visitor").notNull(),
    startedAt: time("started_at").notNull(),
    /** Null while it is open. */
    endedAt: time("ended_at"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.startedDay, table.session] }),
    index("user_sessions_by_stream").on(table.stream, table.startedAt),
  ],
);

/** One stream on one reporting day. */
export const dailyStatistics = sqliteTable(
  "daily_statistics",
  {
    stream: id("stream_id").notNull(),
    day: day(),
    broadcaster: id("broadcaster_id").notNull(),
    peak: count("peak_viewers"),
    uniques: count("unique_viewers"),
    sessions: count("sessions"),
    /** Sum of all viewers' time. */
    watchedSeconds: count("watched_seconds"),
    liveSeconds: integer("live_seconds").notNull(),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.stream, table.day] }),
    index("daily_statistics_by_broadcaster").on(table.broadcaster, table.day),
  ],
);
