import { and, eq, lt, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { Held, IdempotencyTables } from "../../ports/idempotency.ts";
import { idempotencyKeys } from "../../schema/d1/operations.ts";
import { answerRow, CLAIMED, claimRow, outcomeOf } from "../sql/idempotency-rows.ts";

export const d1IdempotencyTables = (db: DrizzleD1Database): IdempotencyTables => {
  const { key, requestHash, status, answer, createdAt } = idempotencyKeys;
  const isHeld = (held: Held) =>
    and(eq(key, held.key), eq(status, CLAIMED), eq(answer, held.owner));
  return {
    async claim(claim, { deadAt, expiredAt }) {
      const row = claimRow(claim);
      const mayBeTaken = sql`${createdAt} <= ${expiredAt} or (${status} = ${CLAIMED}
        and ${createdAt} <= ${deadAt} and ${requestHash} = ${claim.requestHash})`;
      const [, [found]] = await db.batch([
        db
          .insert(idempotencyKeys)
          .values(row)
          .onConflictDoUpdate({ target: key, set: row, setWhere: mayBeTaken }),
        db.select().from(idempotencyKeys).where(eq(key, claim.key)),
      ]);
      return outcomeOf(found, claim);
    },

    async renew(held, at) {
      await db.update(idempotencyKeys).set({ createdAt: at }).where(isHeld(held));
    },

    async keep(held, kept) {
      await db.update(idempotencyKeys).set(answerRow(kept)).where(isHeld(held));
    },

    async release(held) {
      await db.delete(idempotencyKeys).where(isHeld(held));
    },

    async deleteBefore(before, limit) {
      const old = db.select({ key }).from(idempotencyKeys).where(lt(createdAt, before));
      const { meta } = await db.run(sql`
        DELETE FROM ${idempotencyKeys} WHERE ${key} IN (${old.limit(limit)})`);
      return meta.changes;
    },
  };
};
