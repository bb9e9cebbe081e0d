import { and, asc, eq, sql } from "drizzle-orm";
import type { AccessKeyTables } from "../../ports/access-key-tables.ts";
import { accessKeys } from "../../schema/mysql/operations.ts";
import { accessKeyRow, asAccessKey, demandKey } from "../sql/access-key-rows.ts";
import type { MySqlHandle } from "./handle.ts";
import { insertAudit } from "./within-transaction.ts";

/** What comes in, where it is later than what is there. */
const later = (column: "hash" | "scopes" | "revoked" | "updated_at") =>
  sql.raw(`if(updated_at < values(updated_at), values(${column}), ${column})`);

export const mysqlAccessKeyTables = (db: MySqlHandle): AccessKeyTables => {
  const { name, revoked, createdAt, updatedAt } = accessKeys;
  return {
    async standing(limit) {
      const rows = await db
        .select()
        .from(accessKeys)
        .where(eq(revoked, false))
        .orderBy(asc(createdAt), asc(name))
        .limit(limit);
      return rows.map(asAccessKey);
    },

    async list(limit) {
      const rows = await db.select().from(accessKeys).orderBy(asc(name)).limit(limit);
      return rows.map(asAccessKey);
    },

    async find(wanted) {
      const [row] = await db.select().from(accessKeys).where(eq(name, wanted));
      return row && asAccessKey(row);
    },

    async put(key, audit) {
      return await db.transaction(async (tx) => {
        await tx
          .insert(accessKeys)
          .values(accessKeyRow(key))
          .onDuplicateKeyUpdate({
            // The time is compared by all of them, and so assigned last.
            set: {
              hash: later("hash"),
              scopes: later("scopes"),
              revoked: later("revoked"),
              updatedAt: later("updated_at"),
            },
          });
        const [row] = await tx.select().from(accessKeys).where(eq(name, key.name));
        const isOurs = row?.updatedAt === key.updatedAt && row.hash === key.hash;
        if (isOurs) await insertAudit(tx, audit);
        return demandKey(row);
      });
    },

    async revoke(wanted, at, audit) {
      return await db.transaction(async (tx) => {
        const { rowsAffected } = await tx
          .update(accessKeys)
          .set({ revoked: true, updatedAt: sql`greatest(${at}, ${updatedAt} + 1)` })
          .where(and(eq(name, wanted), eq(revoked, false)));
        if (rowsAffected > 0) await insertAudit(tx, audit);
        const [row] = await tx.select().from(accessKeys).where(eq(name, wanted));
        return row && asAccessKey(row);
      });
    },
  };
};
