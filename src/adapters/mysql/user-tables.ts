import { and, asc, eq, gt, gte, inArray, like, ne, or, type SQL } from "drizzle-orm";
import type { SavedSession, UserTables } from "../../ports/user-tables.ts";
import { broadcasters, streams, users } from "../../schema/mysql/contents.ts";
import { auditLog, idempotencyKeys } from "../../schema/mysql/operations.ts";
import { userSessions } from "../../schema/mysql/viewers.ts";
import { inBatches, selectInBatches } from "../sql/row-table.ts";
import { NO_DETAIL, USER_DEEDS } from "../sql/user-deeds.ts";
import type { MySqlHandle } from "./handle.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";
import { insertAudit, type Transaction } from "./within-transaction.ts";

export const mysqlUserTables = (db: MySqlHandle): UserTables => ({
  async recentStreams(endedSince, after, limit) {
    const { id, status, endedAt } = streams;
    const recent = or(eq(status, "live"), gte(endedAt, endedSince));
    const rows = await db
      .select({ id })
      .from(streams)
      .where(after === undefined ? recent : and(gt(id, after), recent))
      .orderBy(asc(id))
      .limit(limit);
    return rows.map((row) => row.id);
  },

  async sessionsOf(visitors) {
    const { startedDay, session, stream, visitor, startedAt } = userSessions;
    const keys = new Set(visitors.map((it) => `${it.stream} ${it.visitor}`));
    const found = await selectInBatches(visitors, IDS_PER_STATEMENT, (batch) => {
      const among = batch.map((it) => it.stream);
      const known = batch.map((it) => it.visitor);
      return db
        .select({ startedDay, session, stream, visitor, startedAt })
        .from(userSessions)
        .where(and(inArray(stream, among), inArray(visitor, known)));
    });
    // The same key in another stream is somebody else.
    return found
      .filter((row) => keys.has(`${row.stream} ${row.visitor}`))
      .map(({ visitor: _, ...row }) => row);
  },

  deleteSessions: (sessions) =>
    eachCondition(sessions, async (such) => void (await db.delete(userSessions).where(such))),

  deleteUser: ({ user, sessions, pathHash, audit }) =>
    db.transaction(async (tx) => {
      // First, and locked by it: a broadcaster that is given this user meanwhile is seen here, or is refused.
      const { rowsAffected } = await tx.delete(users).where(eq(users.id, user));
      await leaveBroadcasters(tx, user);
      const { subject, action } = auditLog;
      await tx
        .update(auditLog)
        .set({ detail: NO_DETAIL })
        .where(and(eq(subject, user), like(action, USER_DEEDS)));
      await tx
        .delete(idempotencyKeys)
        .where(and(eq(idempotencyKeys.pathHash, pathHash), ne(idempotencyKeys.status, 0)));
      await eachCondition(
        sessions,
        async (such) => void (await tx.delete(userSessions).where(such)),
      );
      await insertAudit(tx, audit);
      return { registered: rowsAffected > 0 };
    }),
});

/** Looked up first: an update by a column without an index would lock every broadcaster there is. */
const leaveBroadcasters = async (tx: Transaction, user: string): Promise<void> => {
  const { id, user: owner } = broadcasters;
  const owned = await tx.select({ id }).from(broadcasters).where(eq(owner, user));
  if (owned.length === 0) return;
  const ids = owned.map((row) => row.id).sort();
  await tx
    .update(broadcasters)
    .set({ user: null })
    .where(and(inArray(id, ids), eq(owner, user)));
};

/** Rows of one day lie in one partition, and are found there by their key. */
const eachCondition = async (
  sessions: readonly SavedSession[],
  run: (such: SQL | undefined) => Promise<void>,
): Promise<void> => {
  const days = Map.groupBy(sessions, ({ startedDay }) => startedDay);
  for (const [day, rows] of [...days].sort(([a], [b]) => a - b)) {
    const ids = rows.map(({ session }) => session).sort();
    await inBatches(ids, IDS_PER_STATEMENT, (batch) =>
      run(and(eq(userSessions.startedDay, day), inArray(userSessions.session, [...batch]))),
    );
  }
};
