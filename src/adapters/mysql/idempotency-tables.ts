import { and, eq, lt, type SQL, sql } from "drizzle-orm";
import type { MySqlColumn } from "drizzle-orm/mysql-core";
import type { ClaimBounds, Held, IdempotencyTables } from "../../ports/idempotency.ts";
import { idempotencyKeys } from "../../schema/mysql/operations.ts";
import { answerRow, CLAIMED, claimRow, outcomeOf } from "../sql/idempotency-rows.ts";
import type { MySqlHandle } from "./handle.ts";

export const mysqlIdempotencyTables = (db: MySqlHandle): IdempotencyTables => {
  const { key, status, answer, createdAt } = idempotencyKeys;
  const isHeld = (held: Held) =>
    and(eq(key, held.key), eq(status, CLAIMED), eq(answer, held.owner));
  return {
    // Two statements of their own: the row says whose it is, and who had it may have let it go before it is read.
    async claim(claim, bounds) {
      await db
        .insert(idempotencyKeys)
        .values(claimRow(claim))
        .onDuplicateKeyUpdate({ set: takeOver(bounds) });
      const [found] = await db.select().from(idempotencyKeys).where(eq(key, claim.key));
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
      const { rowsAffected } = await db
        .delete(idempotencyKeys)
        .where(lt(createdAt, before))
        .limit(limit);
      return rowsAffected;
    },
  };
};

/**
 * Each column is given its new value where the row may be taken over. MySQL assigns in the order of the table's
 * columns, and what is assigned already is read anew: the times come last, and until then the condition stays what it
 * was, since what it reads besides is the same afterwards, or has expired whatever it is.
 */
const takeOver = ({ deadAt, expiredAt }: ClaimBounds) => {
  const { pathHash, requestHash, status, answer, createdAt } = idempotencyKeys;
  const mayBe = sql`(${createdAt} <= ${expiredAt} or (${status} = ${CLAIMED} and ${createdAt} <= ${deadAt}
    and ${requestHash} = values(${requestHash})))`;
  const given = (column: MySqlColumn): SQL => sql`if(${mayBe}, values(${column}), ${column})`;
  return {
    pathHash: given(pathHash),
    requestHash: given(requestHash),
    status: given(status),
    answer: given(answer),
    createdAt: given(createdAt),
  };
};
