import { and, asc, desc, eq, gt, isNull, lt, or } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { ExclusionRecord, ExclusionTables } from "../../ports/correction-tables.ts";
import { exclusions } from "../../schema/d1/operations.ts";
import { asExclusion, asExclusionRecord, exclusionRow } from "../sql/exclusion-rows.ts";
import { insertAuditIf } from "./audit.ts";

/** Few enough to be looked at one by one: people make them. */
export const d1ExclusionTables = (db: DrizzleD1Database): ExclusionTables => {
  const { id, fromAt, toAt, createdAt, revokedAt } = exclusions;
  /** The row is the one that was just put, or put before by the same call. */
  const madeBy = (record: ExclusionRecord) =>
    and(eq(id, record.id), eq(createdAt, record.createdAt), eq(exclusions.reason, record.reason));
  return {
    async during(from, to) {
      const rows = await db
        .select()
        .from(exclusions)
        .where(and(isNull(revokedAt), lt(fromAt, to), or(isNull(toAt), gt(toAt, from))))
        .orderBy(asc(id));
      return rows.map(asExclusion);
    },

    async find(name) {
      const [row] = await db.select().from(exclusions).where(eq(id, name));
      return row && asExclusionRecord(row);
    },

    async put(record, audit) {
      await db.batch([
        db.insert(exclusions).values(exclusionRow(record)).onConflictDoNothing(),
        insertAuditIf(db, audit, exclusions, madeBy(record)),
      ]);
    },

    // The audit entry goes first: it stands on the same condition, which the change makes untrue.
    async revoke(name, { at, by, reason }, audit) {
      const such = and(eq(id, name), isNull(revokedAt));
      const [, , [row]] = await db.batch([
        insertAuditIf(db, audit, exclusions, such),
        db.update(exclusions).set({ revokedAt: at, revokedBy: by, revokedFor: reason }).where(such),
        db.select().from(exclusions).where(eq(id, name)),
      ]);
      return row && asExclusionRecord(row);
    },

    async list({ limit, before }) {
      const rows = await db
        .select()
        .from(exclusions)
        .where(before === undefined ? undefined : lt(createdAt, before))
        .orderBy(desc(createdAt), desc(id))
        .limit(limit);
      return rows.map(asExclusionRecord);
    },
  };
};
