import { and, desc, eq, lt } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { AuditTables } from "../../ports/audit-tables.ts";
import { auditLog } from "../../schema/d1/operations.ts";
import { asAuditEntry } from "../sql/audit-rows.ts";
import { insertAudit } from "./audit.ts";

export const d1AuditTables = (db: DrizzleD1Database): AuditTables => ({
  async note(entry) {
    await insertAudit(db, entry);
  },

  async list({ limit, subject, actor, before }) {
    const rows = await db
      .select()
      .from(auditLog)
      .where(
        and(
          subject === undefined ? undefined : eq(auditLog.subject, subject),
          actor === undefined ? undefined : eq(auditLog.actor, actor),
          before === undefined ? undefined : lt(auditLog.at, before),
        ),
      )
      .orderBy(desc(auditLog.at), desc(auditLog.id))
      .limit(limit);
    return rows.map(asAuditEntry);
  },
});
