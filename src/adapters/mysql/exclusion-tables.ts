import { and, asc, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { ExclusionTables } from "../../ports/correction-tables.ts";
import { exclusions } from "../../schema/mysql/operations.ts";
import { asExclusion, asExclusionRecord, exclusionRow } from "../sql/exclusion-rows.ts";
import type { MySqlHandle } from "./handle.ts";
import { insertAudit } from "./within-transaction.ts";

/** Few enough to be looked at one by one: people make them. */
export const mysqlExclusionTables = (db: MySqlHandle): ExclusionTables => {
  const { id, fromAt, toAt, createdAt, revokedAt } = exclusions;
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
      await db.transaction(async (tx) => {
        await tx
          .insert(exclusions)
          .values(exclusionRow(record))
          .onDuplicateKeyUpdate({ set: { id: sql`id` } });
        const [row] = await tx.select().from(exclusions).where(eq(id, record.id));
        const isOurs = row?.createdAt === record.createdAt && row.reason === record.reason;
        if (isOurs) await insertAudit(tx, audit);
      });
    },

    async revoke(name, { at, by, reason }, audit) {
      return await db.transaction(async (tx) => {
        const { rowsAffected } = await tx
          .update(exclusions)
          .set({ revokedAt: at, revokedBy: by, revokedFor: reason })
          .where(and(eq(id, name), isNull(revokedAt)));
        if (rowsAffected > 0) await insertAudit(tx, audit);
        const [row] = await tx.select().from(exclusions).where(eq(id, name));
        return row && asExclusionRecord(row);
      });
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
