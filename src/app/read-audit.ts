import { AUDIT_TOGETHER } from "../core/limits.ts";
import type { AuditEntry } from "../ports/audit-entry.ts";
import type { AuditQuery, AuditTables } from "../ports/audit-tables.ts";
import { pageByTime, type TimePage } from "./views/page-by-time.ts";

/** @see pageByTime */
export const readAudit = (
  tables: Pick<AuditTables, "list">,
  { subject, actor, ...query }: AuditQuery,
): Promise<TimePage<AuditEntry>> =>
  pageByTime(query, {
    list: (of) => tables.list({ ...of, subject, actor }),
    timeOf: ({ at }) => at,
    mostTogether: AUDIT_TOGETHER,
  });
