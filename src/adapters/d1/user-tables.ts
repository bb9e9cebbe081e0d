import { and, asc, eq, gt, gte, inArray, like, ne, or, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { SavedSession, UserTables } from "../../ports/user-tables.ts";
import { broadcasters, streams, users } from "../../schema/d1/contents.ts";
import { auditLog, idempotencyKeys } from "../../schema/d1/operations.ts";
import { userSessions } from "../../schema/d1/viewers.ts";
import { inBatches, selectInBatches } from "../sql/row-table.ts";
import { NO_DETAIL, USER_DEEDS } from "../sql/user-deeds.ts";
import { insertAudit } from "./audit.ts";
import { ROWS_PER_STATEMENT } from "./forward-upsert.ts";
import { IDS_PER_STATEMENT } from "./ids-per-statement.ts";

/** A visitor is two bound parameters. */
const VISITORS_PER_STATEMENT = IDS_PER_STATEMENT / 2;

export const d1UserTables = (db: DrizzleD1Database): UserTables => ({
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
    const found = await selectInBatches(visitors, VISITORS_PER_STATEMENT, (batch) => {
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

  async deleteSessions(sessions) {
    await inBatches(sessions, ROWS_PER_STATEMENT, async (batch) => {
      await db.delete(userSessions).where(isOneOf(batch));
    });
  },

  /** `batch` is one transaction. What refers to the user goes before it does. */
  async deleteUser({ user, sessions, pathHash, audit }) {
    const batches: (readonly SavedSession[])[] = [];
    await inBatches(sessions, ROWS_PER_STATEMENT, async (batch) => void batches.push(batch));
    const { subject, action } = auditLog;
    const [, deleted] = await db.batch([
      db.update(broadcasters).set({ user: null }).where(eq(broadcasters.user, user)),
      db.delete(users).where(eq(users.id, user)).returning({ id: users.id }),
      db
        .update(auditLog)
        .set({ detail: NO_DETAIL })
        .where(and(eq(subject, user), like(action, USER_DEEDS))),
      db
        .delete(idempotencyKeys)
        .where(and(eq(idempotencyKeys.pathHash, pathHash), ne(idempotencyKeys.status, 0))),
      insertAudit(db, audit),
      ...batches.map((batch) => db.delete(userSessions).where(isOneOf(batch))),
    ]);
    return { registered: deleted.length > 0 };
  },
});

/** The keys travel as one JSON parameter. @param sessions at most `ROWS_PER_STATEMENT` */
const isOneOf = (sessions: readonly SavedSession[]): SQL => {
  const keys = JSON.stringify(sessions.map(({ startedDay, session }) => [startedDay, session]));
  const { startedDay, session } = userSessions;
  return sql`(${startedDay}, ${session}) IN
    (SELECT value ->> 0, value ->> 1 FROM json_each(${keys}))`;
};
