import { type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { AuditEntry } from "../../ports/audit-entry.ts";
import { auditLog } from "../../schema/d1/operations.ts";
import { auditRow } from "../sql/audit-rows.ts";

export const insertAudit = (db: DrizzleD1Database, audit: AuditEntry) =>
  db.insert(auditLog).values(auditRow(audit)).onConflictDoNothing();

/** Written only if the table has such a row at that moment. */
export const insertAuditIf = (
  db: DrizzleD1Database,
  audit: AuditEntry,
  table: SQLiteTable,
  such: SQL | undefined,
) => {
  const { id, at, actor, action, subject, detail } = auditRow(audit);
  const values = {
    id: sql<string>`${id}`.as("id"),
    at: sql<number>`${at}`.as("at"),
    actor: sql<string>`${actor}`.as("actor"),
    action: sql<string>`${action}`.as("action"),
    subject: sql<string>`${subject}`.as("subject"),
    detail: sql<string>`${detail}`.as("detail"),
  };
  return db
    .insert(auditLog)
    .select(db.select(values).from(table).where(such))
    .onConflictDoNothing();
};
