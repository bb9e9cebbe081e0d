/** What is viewed, and who and what belongs to it. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ContentId, StreamId } from "../../core/ids.ts";
import { id, time } from "./columns.ts";

export const categories = sqliteTable("categories", {
  id: id().primaryKey(),
  title: text("title").notNull(),
});

export const contents = sqliteTable(
  "contents",
  {
    id: id().$type<ContentId>().primaryKey(),
    title: text("title"),
    url: text("url"),
    category: id("category_id").references(() => categories.id),
    /** Views brought along from elsewhere. */
    startViews: integer("start_views").notNull().default(0),
    /** `operator`, or `page`: a page introduced itself with its first confirm. */
    origin: text("origin", { enum: ["operator", "page"] }).notNull(),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (table) => [index("contents_by_category").on(table.category)],
);

export const users = sqliteTable("users", {
  id: id().primaryKey(),
  name: text("name"),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
});

export const broadcasters = sqliteTable("broadcasters", {
  id: id().primaryKey(),
  /** The user behind it, where it has one. */
  user: id("user_id").references(() => users.id),
  name: text("name").notNull(),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
});

export const streams = sqliteTable(
  "streams",
  {
    id: id().$type<StreamId>().primaryKey(),
    broadcaster: id("broadcaster_id")
      .notNull()
      .references(() => broadcasters.id),
    category: id("category_id").references(() => categories.id),
    title: text("title").notNull(),
    status: text("status", { enum: ["planned", "live", "ended"] }).notNull(),
    visibility: text("visibility", { enum: ["public", "private"] }).notNull(),
    /** Viewers the site expects, so that room can be made beforehand. */
    expectedViewers: integer("expected_viewers").notNull().default(0),
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
