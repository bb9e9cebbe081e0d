/** What is viewed, and who and what belongs to it. No foreign keys: a sharded MySQL has none, the adapter looks instead. */
import { index, mysqlTable } from "drizzle-orm/mysql-core";
import type { ContentId, StreamId } from "../../core/ids.ts";
import { count, id, prose, time, word } from "./columns.ts";

const URL_CHARS = 2_048;

export const categories = mysqlTable("categories", {
  id: id().primaryKey(),
  title: prose("title").notNull(),
});

export const contents = mysqlTable(
  "contents",
  {
    id: id().$type<ContentId>().primaryKey(),
    title: prose("title"),
    url: prose("url", URL_CHARS),
    category: id("category_id"),
    startViews: count("start_views").default(0),
    origin: word<"operator" | "page">("origin"),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (table) => [index("contents_by_category").on(table.category)],
);

export const users = mysqlTable("users", {
  id: id().primaryKey(),
  name: prose("name"),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
});

export const broadcasters = mysqlTable("broadcasters", {
  id: id().primaryKey(),
  user: id("user_id"),
  name: prose("name").notNull(),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
});

export const streams = mysqlTable(
  "streams",
  {
    id: id().$type<StreamId>().primaryKey(),
    broadcaster: id("broadcaster_id").notNull(),
    category: id("category_id"),
    title: prose("title").notNull(),
    status: word<"planned" | "live" | "ended">("status"),
    visibility: word<"public" | "private">("visibility"),
    expectedViewers: count("expected_viewers").default(0),
    startedAt: time("started_at"),
    endedAt: time("ended_at"),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (table) => [
    index("streams_by_broadcaster").on(table.broadcaster, table.startedAt),
    index("streams_by_category").on(table.category),
  ],
);
