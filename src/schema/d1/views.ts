/** Counts of views. All carry the content as the column they would be sharded on. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { contentId, count, day, flag, stamp, time } from "./columns.ts";

const shard = () => integer("shard_id").notNull();

/** One cell: the count of a content in a UTC hour in a shard. */
export const viewHourly = sqliteTable(
  "view_hourly",
  {
    content: contentId(),
    hour: time("hour").notNull(),
    shard: shard(),
    views: count("views"),
    /** Correction has settled the hour. */
    final: flag("final"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.content, table.hour, table.shard] }),
    // Of rankings, which sum all contents: by rows it would be five times as slow.
    index("view_hourly_by_hour").on(table.hour, table.content, table.views),
  ],
);

/** The same by reporting day, for longer than hours are kept. */
export const viewDaily = sqliteTable(
  "view_daily",
  {
    content: contentId(),
    day: day(),
    shard: shard(),
    views: count("views"),
    final: flag("final"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.content, table.day, table.shard] }),
    index("view_daily_by_day").on(table.day, table.content, table.views),
  ],
);

/** Visitors of a content on a reporting day. */
export const viewUniques = sqliteTable(
  "view_uniques",
  {
    content: contentId(),
    day: day(),
    shard: shard(),
    uniques: count("uniques"),
    final: flag("final"),
    stamp: stamp(),
  },
  (table) => [primaryKey({ columns: [table.content, table.day, table.shard] })],
);

/** Views of a content on a reporting day by where they came from. */
export const viewRegions = sqliteTable(
  "view_regions",
  {
    content: contentId(),
    day: day(),
    country: text("country").notNull(),
    region: text("region").notNull(),
    city: text("city").notNull().default(""),
    shard: shard(),
    views: count("views"),
    final: flag("final"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({
      columns: [table.content, table.day, table.country, table.region, table.city, table.shard],
    }),
  ],
);

/** What a shard publishes of a content, the parts of it that are in no cell, and the views whose hours are gone from `view_hourly`. */
export const viewTotals = sqliteTable(
  "view_totals",
  {
    content: contentId(),
    shard: shard(),
    /** Views of all hours before `closedThrough`. */
    closed: count("closed").default(0),
    closedThrough: time("closed_through").notNull().default(0),
    published: count("published"),
    /** Views brought along from elsewhere; kept at the content's first home. */
    start: count("start_views").default(0),
    /** What operators added to the truth or took from it; there too. */
    restated: count("restated").default(0),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.content, table.shard] }),
    index("view_totals_by_shard").on(table.shard, table.content),
  ],
);
