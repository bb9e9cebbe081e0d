/** What runs, what was decided, and who may, as `src/schema/d1/operations.ts` explains it. */
import { index, mysqlTable, primaryKey } from "drizzle-orm/mysql-core";
import type { ExclusionEffect, ExclusionKind } from "../../core/views/exclusion.ts";
import type { CorrectionReason } from "../../protocol/correction-rpc.ts";
import { count, flag, id, json, prose, small, time, word } from "./columns.ts";

export const jobRuns = mysqlTable(
  "job_runs",
  {
    id: id().primaryKey(),
    job: id("job").notNull(),
    startedAt: time("started_at").notNull(),
    durationMs: count("duration_ms"),
    rows: count("rows"),
    statements: count("statements"),
    failures: count("failures"),
    detail: json(),
  },
  (table) => [index("job_runs_by_job").on(table.job, table.startedAt)],
);

export const auditLog = mysqlTable(
  "audit_log",
  {
    id: id().primaryKey(),
    at: time("at").notNull(),
    actor: id("actor").notNull(),
    action: id("action").notNull(),
    subject: id("subject").notNull(),
    detail: json(),
  },
  (table) => [
    index("audit_log_by_subject").on(table.subject, table.at),
    index("audit_log_by_time").on(table.at),
  ],
);

export const correctionRuns = mysqlTable(
  "correction_runs",
  {
    shard: small("shard_id"),
    hour: time("hour").notNull(),
    run: time("run").notNull(),
    reason: word<CorrectionReason>("reason").default("hourly"),
    outcome: word<"done" | "gap" | "superseded" | "failed">("outcome"),
    startedAt: time("started_at").notNull(),
    durationMs: count("duration_ms"),
    events: count("events"),
    before: count("views_before").default(0),
    after: count("views_after").default(0),
    changed: count("changed"),
    detail: json(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.hour, table.run] }),
    index("correction_runs_by_time").on(table.startedAt),
  ],
);

export const exclusions = mysqlTable(
  "exclusions",
  {
    id: id().primaryKey(),
    effect: word<ExclusionEffect>("effect").default("exclude"),
    kind: word<ExclusionKind>("kind"),
    value: id("value").notNull(),
    content: id("content_id"),
    fromAt: time("from_at").notNull(),
    toAt: time("to_at"),
    reason: prose("reason").notNull(),
    actor: id("actor").notNull(),
    createdAt: time("created_at").notNull(),
    suspicion: id("suspicion_id"),
    revokedAt: time("revoked_at"),
    revokedBy: id("revoked_by"),
    revokedFor: prose("revoked_for"),
  },
  (table) => [index("exclusions_by_value").on(table.kind, table.value)],
);

export const suspicions = mysqlTable(
  "suspicions",
  {
    id: id().primaryKey(),
    raisedAt: time("raised_at").notNull(),
    content: id("content_id").notNull(),
    kind: id("kind").notNull(),
    rule: id("rule").notNull().default(""),
    fromAt: time("from_at").notNull().default(0),
    toAt: time("to_at").notNull().default(0),
    score: small("score"),
    status: word<"open" | "excluded" | "dismissed">("status"),
    detail: json(),
    decidedAt: time("decided_at"),
    decidedBy: id("decided_by"),
  },
  (table) => [index("suspicions_by_status").on(table.status, table.raisedAt)],
);

export const accessKeys = mysqlTable("access_keys", {
  name: id("name").primaryKey(),
  hash: id("hash").notNull(),
  scopes: id("scopes").notNull(),
  revoked: flag("revoked"),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull().default(0),
});

export const idempotencyKeys = mysqlTable(
  "idempotency_keys",
  {
    key: id("key").primaryKey(),
    pathHash: id("path_hash").notNull().default(""),
    requestHash: id("request_hash").notNull(),
    status: small("status"),
    answer: json("answer"),
    createdAt: time("created_at").notNull(),
  },
  (table) => [
    index("idempotency_keys_by_age").on(table.createdAt),
    index("idempotency_keys_by_path").on(table.pathHash),
  ],
);
