import { and, asc, desc, eq, gt, lt } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { SuspicionTables } from "../../ports/suspicion-tables.ts";
import { suspicions } from "../../schema/d1/operations.ts";
import { asSuspicion, suspicionRow } from "../sql/suspicion-rows.ts";
import { insertAuditIf } from "./audit.ts";

export const d1SuspicionTables = (db: DrizzleD1Database): SuspicionTables => {
  const { id, status, raisedAt, fromAt, toAt } = suspicions;
  return {
    async raise(suspicion) {
      const { score, toAt: until, detail } = suspicion;
      await db
        .insert(suspicions)
        .values(suspicionRow(suspicion))
        .onConflictDoUpdate({
          target: id,
          set: { score, toAt: until, detail },
          setWhere: eq(status, "open"),
        });
    },

    async find(name) {
      const [row] = await db.select().from(suspicions).where(eq(id, name));
      return row && asSuspicion(row);
    },

    async list({ limit, status: wanted, before }) {
      const rows = await db
        .select()
        .from(suspicions)
        .where(
          and(
            wanted === undefined ? undefined : eq(status, wanted),
            before === undefined ? undefined : lt(raisedAt, before),
          ),
        )
        .orderBy(desc(raisedAt), desc(id))
        .limit(limit);
      return rows.map(asSuspicion);
    },

    async during(from, to) {
      const rows = await db
        .select()
        .from(suspicions)
        .where(and(lt(fromAt, to), gt(toAt, from)))
        .orderBy(asc(id));
      return rows.map(asSuspicion);
    },

    // The audit entry goes first: it stands on the same condition, which the change makes untrue.
    async decide(name, decision, { at, by }, audit) {
      const such = and(eq(id, name), eq(status, "open"));
      const [, , [row]] = await db.batch([
        insertAuditIf(db, audit, suspicions, such),
        db.update(suspicions).set({ status: decision, decidedAt: at, decidedBy: by }).where(such),
        db.select().from(suspicions).where(eq(id, name)),
      ]);
      return row && asSuspicion(row);
    },
  };
};
