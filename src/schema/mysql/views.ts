/**
 * Counts of views. All carry the content as the column that a sharded MySQL is sharded on. `view_hourly` is
 * partitioned by month (in the migration, which Drizzle cannot say).
 */
import { index, mysqlTable, primaryKey } from "drizzle-orm/mysql-core";
import { contentId, count, day, exact, flag, small, stamp, time, word } from "./columns.ts";

const shard = () => small("shard_id");

/** One cell: the count of a content in a UTC hour in a shard. */
export const viewHourly = mysqlTable(
  "view_hourly",
  {
    content: contentId(),
    hour: time("hour").notNull(),
    shard: shard(),
    views: count("views"),
    final: flag("final"),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.content, table.hour, table.shard] }),
    // Of rankings, which sum all contents: by rows it would be five times as slow.
    index("view_hourly_by_hour").on(table.hour, table.content, table.views),
  ],
);

export const viewDaily = mysqlTable(
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

export const viewUniques = mysqlTable(
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

/** The longest name of a region or a city, in characters. */
const PLACE_CHARS = 64;

export const viewRegions = mysqlTable(
  "view_regions",
  {
    content: contentId(),
    day: day(),
    country: word<string>("country"),
    region: exact("region", PLACE_CHARS),
    city: exact("city", PLACE_CHARS).default(""),
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

export const viewTotals = mysqlTable(
  "view_totals",
  {
    content: contentId(),
    shard: shard(),
    closed: count("closed").default(0),
    closedThrough: time("closed_through").notNull().default(0),
    published: count("published"),
    start: count("start_views").default(0),
    restated: count("restated").default(0),
    stamp: stamp(),
  },
  (table) => [
    primaryKey({ columns: [table.content, table.shard] }),
    index("view_totals_by_shard").on(table.shard, table.content),
  ],
);
