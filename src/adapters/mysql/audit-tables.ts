import { and, desc, eq, lt } from "drizzle-orm";
import type { AuditTables } from "../../ports/audit-tables.ts";
import { auditLog } from "../../schema/mysql/operations.ts";
import { asAuditEntry } from "../sql/audit-rows.ts";
import type { MySqlHandle } from "./handle.ts";
import { insertAudit } from "./within-transaction.ts";

export const mysqlAuditTables = (db: MySqlHandle): AuditTables => ({
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
