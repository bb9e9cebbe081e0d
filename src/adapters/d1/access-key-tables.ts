import { and, asc, eq, lt, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { AccessKeyTables } from "../../ports/access-key-tables.ts";
import { accessKeys } from "../../schema/d1/operations.ts";
import { accessKeyRow, asAccessKey, demandKey } from "../sql/access-key-rows.ts";
import { insertAuditIf } from "./audit.ts";

export const d1AccessKeyTables = (db: DrizzleD1Database): AccessKeyTables => {
  const { name, hash, revoked, createdAt, updatedAt } = accessKeys;
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
      const { createdAt: _, ...set } = accessKeyRow(key);
      const ours = and(eq(name, key.name), eq(updatedAt, key.updatedAt), eq(hash, key.hash));
      const [, , [row]] = await db.batch([
        db
          .insert(accessKeys)
          .values(accessKeyRow(key))
          .onConflictDoUpdate({ target: name, set, setWhere: lt(updatedAt, key.updatedAt) }),
        insertAuditIf(db, audit, accessKeys, ours),
        db.select().from(accessKeys).where(eq(name, key.name)),
      ]);
      return demandKey(row);
    },

    // The audit entry goes first: it stands on the same condition, which the change makes untrue.
    async revoke(wanted, at, audit) {
      const such = and(eq(name, wanted), eq(revoked, false));
      const [, , [row]] = await db.batch([
        insertAuditIf(db, audit, accessKeys, such),
        db
          .update(accessKeys)
          .set({ revoked: true, updatedAt: sql`max(${at}, ${updatedAt} + 1)` })
          .where(such),
        db.select().from(accessKeys).where(eq(name, wanted)),
      ]);
      return row && asAccessKey(row);
    },
  };
};
