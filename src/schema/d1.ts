/**
 * The database on D1 (SQLite). Times are unix ms, UTC. Big tables carry the content id as the column they would be
 * sharded on. `stamp` is the sortable text by which a row only moves forward.
 */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const categories = sqliteTable("categories", {
  id: text("id").primaryKey(),
  title: text("title").notNull(),
});

export const contents = sqliteTable(
  "contents",
  {
    id: text("id").primaryKey(),
    title: text("title"),
    url: text("url"),
    categoryId: text("category_id").references(() => categories.id),
    /** Views brought along from elsewhere. */
    startViews: integer("start_views").notNull().default(0),
    /** `operator`, or `page`: a page introduced itself with its first confirm. */
    origin: text("origin", { enum: ["operator", "page"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("contents_by_category").on(table.categoryId)],
);

/** One cell: the count of a content in a UTC hour in a shard. */
export const viewHourly = sqliteTable(
  "view_hourly",
  {
    contentId: text("content_id").notNull(),
    hour: integer("hour").notNull(),
    shardId: integer("shard_id").notNull(),
    views: integer("views").notNull(),
    /** 1 when correction has settled the hour. */
    final: integer("final", { mode: "boolean" }).notNull(),
    stamp: text("stamp").notNull(),
  },
  (table) => [primaryKey({ columns: [table.contentId, table.hour, table.shardId] })],
);

/** What a shard publishes of a content. */
export const viewTotals = sqliteTable(
  "view_totals",
  {
    contentId: text("content_id").notNull(),
    shardId: integer("shard_id").notNull(),
    published: integer("published").notNull(),
    stamp: text("stamp").notNull(),
  },
  (table) => [primaryKey({ columns: [table.contentId, table.shardId] })],
);

export const jobRuns = sqliteTable(
  "job_runs",
  {
    id: text("id").primaryKey(),
    job: text("job").notNull(),
    startedAt: integer("started_at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** Rows and statements written, shards that failed. */
    rows: integer("rows").notNull(),
    statements: integer("statements").notNull(),
    failures: integer("failures").notNull(),
    /** What failed, as JSON; empty when nothing did. */
    detail: text("detail").notNull(),
  },
  (table) => [index("job_runs_by_job").on(table.job, table.startedAt)],
);

/** What operators changed by hand, and why. Never updated. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: text("id").primaryKey(),
    at: integer("at").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    /** Before and after, as JSON. */
    detail: text("detail").notNull(),
  },
  (table) => [index("audit_log_by_subject").on(table.subject, table.at)],
);
