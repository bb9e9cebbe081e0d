import { and, asc, desc, eq, gt, lt, sql } from "drizzle-orm";
import type { SuspicionTables } from "../../ports/suspicion-tables.ts";
import { suspicions } from "../../schema/mysql/operations.ts";
import { asSuspicion, suspicionRow } from "../sql/suspicion-rows.ts";
import type { MySqlHandle } from "./handle.ts";
import { insertAudit } from "./within-transaction.ts";

export const mysqlSuspicionTables = (db: MySqlHandle): SuspicionTables => {
  const { id, status, raisedAt, fromAt, toAt } = suspicions;
  return {
    async raise(suspicion) {
      const whileOpen = (column: "score" | "to_at" | "detail") =>
        sql.raw(`if(status = 'open', values(${column}), ${column})`);
      await db
        .insert(suspicions)
        .values(suspicionRow(suspicion))
        .onDuplicateKeyUpdate({
          set: {
            score: whileOpen("score"),
            toAt: whileOpen("to_at"),
            detail: whileOpen("detail"),
          },
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

    async decide(name, decision, { at, by }, audit) {
      return await db.transaction(async (tx) => {
        const { rowsAffected } = await tx
          .update(suspicions)
          .set({ status: decision, decidedAt: at, decidedBy: by })
          .where(and(eq(id, name), eq(status, "open")));
        if (rowsAffected > 0) await insertAudit(tx, audit);
        const [row] = await tx.select().from(suspicions).where(eq(id, name));
        return row && asSuspicion(row);
      });
    },
  };
};
