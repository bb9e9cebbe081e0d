import type { JobRun } from "../../ports/database.ts";
import type { OutboxStore, SessionRow } from "../../ports/room-store.ts";
import type { ObjectStorage, SqlRow } from "./object-storage.ts";
import { ENDED_SESSIONS, SAVE_FORGOTTEN, WAITING_SESSIONS } from "./room-sql.ts";

/** Over the tables of a Room. */
export const outboxStore = (storage: ObjectStorage): OutboxStore => {
  const { sql } = storage;
  const deleteAll = (statement: string, keys: readonly string[]): void =>
    storage.transactionSync(() => {
      for (const key of keys) sql.exec(statement, key);
    });

  return {
    waitingSessions(limit) {
      for (const { count, ended_at, started_at } of sql.exec(WAITING_SESSIONS, limit)) {
        if (count === 0) return undefined;
        return {
          count: Number(count),
          endedAt: Number(ended_at),
          startedAt: Number(started_at),
        };
      }
      return undefined;
    },
    endedSessions: (startedBy, limit) =>
      [...sql.exec(ENDED_SESSIONS, startedBy, limit)].map((row) => ({
        ...readSession(row),
        endedAt: Number(row.ended_at),
      })),
    deleteSessions: (ids) => deleteAll("DELETE FROM sessions WHERE session = ?", ids),
    saveRecord(run) {
      const { id, startedAt } = run;
      const insert = "INSERT OR REPLACE INTO records (id, started_at, run) VALUES (?, ?, ?)";
      sql.exec(insert, id, startedAt, JSON.stringify(run));
    },
    records: (limit) =>
      [...sql.exec("SELECT run FROM records ORDER BY started_at, id LIMIT ?", limit)].map(
        ({ run }): JobRun => JSON.parse(`${run}`),
      ),
    deleteSessionsOf(visitor) {
      const remove = "DELETE FROM sessions WHERE visitor = ? RETURNING session";
      return [...sql.exec(remove, visitor)].length;
    },
    saveForgotten: ({ visitor, at }) => void sql.exec(SAVE_FORGOTTEN, visitor, at),
    forgotten: () =>
      [...sql.exec("SELECT visitor, at FROM forgotten ORDER BY at")].map(({ visitor, at }) => ({
        visitor: `${visitor}`,
        at: Number(at),
      })),
    deleteForgotten: ({ visitor, at }) =>
      void sql.exec("DELETE FROM forgotten WHERE visitor = ? AND at = ?", visitor, at),
    deleteRecords: (ids) => deleteAll("DELETE FROM records WHERE id = ?", ids),
  };
};

export const readSession = ({ session, visitor, started_at, ended_at }: SqlRow): SessionRow => ({
  session: `${session}`,
  visitor: `${visitor}`,
  startedAt: Number(started_at),
  endedAt: ended_at === null ? null : Number(ended_at),
});
