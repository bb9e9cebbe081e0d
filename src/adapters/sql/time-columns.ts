import type { AgeingTable } from "../../core/partitions.ts";

/** The column by which a table's rows age, and by which MySQL partitions it. */
export const TIME_COLUMNS = {
  view_hourly: "hour",
  viewer_history: "recorded_at",
  daily_statistics: "day",
  user_sessions: "started_day",
} as const satisfies Record<AgeingTable, string>;
