/** What runs, what was decided, and who may. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { EXCLUSION_EFFECTS, EXCLUSION_KINDS } from "../../core/views/exclusion.ts";
import { count, flag, id, json, time } from "./columns.ts";

export const jobRuns = sqliteTable(
  "job_runs",
  {
    id: id().primaryKey(),
    job: id("job").notNull(),
    startedAt: time("started_at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** Rows and statements written, parts that failed. */
    rows: count("rows"),
    statements: count("statements"),
    failures: count("failures"),
    /** What failed, as JSON; empty when nothing did. */
    detail: json(),
  },
  (table) => [index("job_runs_by_job").on(table.job, table.startedAt)],
);

/** What operators changed by hand, and why. Never updated. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: id().primaryKey(),
    at: time("at").notNull(),
    actor: id("actor").notNull(),
    action: id("action").notNull(),
    subject: id("subject").notNull(),
    /** Before and after, as JSON. */
    detail: json(),
  },
  (table) => [
    index("audit_log_by_subject").on(table.subject, table.at),
    index("audit_log_by_time").on(table.at),
  ],
);

/** What correction found of an hour in a shard. */
export const correctionRuns = sqliteTable(
  "correction_runs",
  {
    shard: integer("shard_id").notNull(),
    hour: time("hour").notNull(),
    /** Unix ms, and larger than that of any earlier run of the hour. */
    run: time("run").notNull(),
    reason: text("reason", {
      enum: ["hourly", "daily", "late", "carry", "manual", "rebuild", "exclusion"],
    })
      .notNull()
      .default("hourly"),
    outcome: text("outcome", { enum: ["done", "gap", "superseded", "failed"] }).notNull(),
    startedAt: time("started_at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    events: count("events"),
    /** Sum of the hour's cells when the run began, and what it found. */
    before: count("views_before").default(0),
    after: count("views_after").default(0),
    /** Cells it changed. */
    changed: count("changed"),
    /** Events by verdict and what was missing, as JSON. */
    detail: json(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.hour, table.run] }),
    index("correction_runs_by_time").on(table.startedAt),
  ],
);

/** Whose views are left out, from when to when; taken back, never deleted. */
export const exclusions = sqliteTable(
  "exclusions",
  {
    id: id().primaryKey(),
    /** Reinstated is what the rules did not count. */
    effect: text("effect", { enum: EXCLUSION_EFFECTS }).notNull().default("exclude"),
    kind: text("kind", { enum: EXCLUSION_KINDS }).notNull(),
    value: id("value").notNull(),
    /** Null is all contents. */
    content: id("content_id"),
    fromAt: time("from_at").notNull(),
    /** Null has no end. */
    toAt: time("to_at"),
    reason: text("reason").notNull(),
    actor: id("actor").notNull(),
    createdAt: time("created_at").notNull(),
    /** What it was decided about, if it was. */
    suspicion: id("suspicion_id"),
    revokedAt: time("revoked_at"),
    revokedBy: id("revoked_by"),
    revokedFor: text("revoked_for"),
  },
  (table) => [index("exclusions_by_value").on(table.kind, table.value)],
);

/** What looks like tampering, until somebody has decided. */
export const suspicions = sqliteTable(
  "suspicions",
  {
    id: id().primaryKey(),
    raisedAt: time("raised_at").notNull(),
    content: id("content_id").notNull(),
    kind: id("kind").notNull(),
    /** Name and version of what raised it: network-share@1. */
    rule: id("rule").notNull().default(""),
    /** What it is about: views of `fromAt <= at < toAt`, which moves while it goes on. */
    fromAt: time("from_at").notNull().default(0),
    toAt: time("to_at").notNull().default(0),
    /** 0 to 100. */
    score: integer("score").notNull(),
    status: text("status", { enum: ["open", "excluded", "dismissed"] }).notNull(),
    detail: json(),
    decidedAt: time("decided_at"),
    decidedBy: id("decided_by"),
  },
  (table) => [index("suspicions_by_status").on(table.status, table.raisedAt)],
);

/** Keys of operators and of sites' own back ends, as hashes. */
export const accessKeys = sqliteTable("access_keys", {
  name: id("name").primaryKey(),
  /** SHA-256 of the key, in hexadecimal: a key is random, and nothing is to be guessed. */
  hash: id("hash").notNull(),
  /** Words with blanks between: read write operate. */
  scopes: id("scopes").notNull(),
  revoked: flag("revoked"),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull().default(0),
});

/** Answers to requests that may be sent again. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    /** Hash of the key as the caller gave it, and of who the caller is. */
    key: id("key").primaryKey(),
    /** Of the path, so that what is kept of somebody can be found. */
    pathHash: id("path_hash").notNull().default(""),
    /** Of the request, so that a key used for another one is noticed. */
    requestHash: id("request_hash").notNull(),
    /** 0: it is being worked on. */
    status: integer("status").notNull(),
    answer: json("answer"),
    createdAt: time("created_at").notNull(),
  },
  (table) => [
    index("idempotency_keys_by_age").on(table.createdAt),
    index("idempotency_keys_by_path").on(table.pathHash),
  ],
);
