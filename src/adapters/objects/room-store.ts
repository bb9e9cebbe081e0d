import type { StreamId } from "../../core/ids.ts";
import type { RoomStore, SavedStream, SessionRow } from "../../ports/room-store.ts";
import { readCorrection } from "./correction-text.ts";
import { MetaTable } from "./meta-table.ts";
import {
  asBytes,
  type Background,
  type ObjectStorage,
  type SqlRow,
  scalar,
  storageAlarm,
} from "./object-storage.ts";
import {
  CAME_AFTER,
  OPEN_SESSIONS,
  ROOM_TABLES,
  SAVE_LEASE,
  SAVE_SESSION,
  SAVE_STREAM,
  SAVE_TOLD,
} from "./room-sql.ts";

/** @param now unix ms, the generation when the storage is new */
export const roomStore = (
  storage: ObjectStorage,
  now: number,
  background: Background,
): RoomStore => {
  const { sql } = storage;
  const meta = new MetaTable(storage);
  for (const table of ROOM_TABLES) sql.exec(table);
  let generation = meta.number("generation", now);
  if (generation === now) meta.set("generation", now);
  const count = (query: string, ...bindings: string[]) =>
    Number(scalar(sql.exec(query, ...bindings)) ?? 0);

  return {
    alarm: storageAlarm(storage, background),
    generation: () => generation,
    saveGeneration(raised) {
      generation = raised;
      meta.set("generation", raised);
    },
    versions: () => meta.number("versions", 0),
    saveVersions: (bound) => meta.set("versions", bound),
    stream() {
      for (const row of sql.exec("SELECT * FROM stream")) return readStream(row);
      return undefined;
    },
    saveStream({ stream, broadcaster, category, startedAt, endedAt }) {
      sql.exec(SAVE_STREAM, stream, broadcaster, category, startedAt, endedAt);
    },
    salt() {
      const salt = scalar(sql.exec("SELECT salt FROM salt"));
      return salt === undefined ? undefined : asBytes(salt);
    },
    saveSalt: (salt) => void sql.exec("INSERT OR REPLACE INTO salt (id, salt) VALUES (1, ?)", salt),
    deleteSalt: () => void sql.exec("DELETE FROM salt"),
    peak: () => meta.number("peak", 0),
    savePeak: (peak) => meta.set("peak", peak),
    aliveAt: () => meta.number("alive_at", 0),
    saveAliveAt: (at) => meta.set("alive_at", at),
    told(audience) {
      for (const row of sql.exec("SELECT * FROM told WHERE audience = ?", audience)) {
        return { numbers: `${row.numbers}`, viewers: Number(row.viewers), at: Number(row.at) };
      }
      return undefined;
    },
    saveTold(audience, told) {
      if (told === undefined) sql.exec("DELETE FROM told WHERE audience = ?", audience);
      else sql.exec(SAVE_TOLD, audience, told.numbers, told.viewers, told.at);
    },
    openSessions: () => [...sql.exec(OPEN_SESSIONS)].map(readSession),
    cameAfter: (since) =>
      [...sql.exec(CAME_AFTER, since)].map(({ visitor, at }) => ({
        visitor: `${visitor}`,
        at: Number(at),
      })),
    saveSession({ session, visitor, startedAt, endedAt }) {
      sql.exec(SAVE_SESSION, session, visitor, startedAt, endedAt);
    },
    leases: () =>
      [...sql.exec("SELECT * FROM leases")].map(({ visitor, network, opened_at, seen_at }) => ({
        visitor: `${visitor}`,
        network: `${network}`,
        openedAt: Number(opened_at),
        seenAt: Number(seen_at),
      })),
    saveLease({ visitor, network, openedAt, seenAt }) {
      sql.exec(SAVE_LEASE, visitor, network, openedAt, seenAt);
    },
    deleteLease: (visitor) => void sql.exec("DELETE FROM leases WHERE visitor = ?", visitor),
    hasUnique: (day, visitor) =>
      count("SELECT COUNT(*) FROM uniques WHERE day = ? AND visitor = ?", day, visitor) > 0,
    saveUnique: (day, visitor) =>
      void sql.exec("INSERT OR IGNORE INTO uniques (day, visitor) VALUES (?, ?)", day, visitor),
    uniques: (day) => count("SELECT COUNT(*) FROM uniques WHERE day = ?", day),
    uniquesOfAllDays: () => count("SELECT COUNT(*) FROM uniques"),
    deleteUniques: () => void sql.exec("DELETE FROM uniques"),
    correction: () => readCorrection(meta.text("correction")),
    saveCorrection: (correction) =>
      meta.set("correction", correction === undefined ? "" : JSON.stringify(correction)),
    saveRecord: (run) =>
      void sql.exec("INSERT INTO records (id, run) VALUES (?, ?)", run.id, JSON.stringify(run)),
    records: (limit) =>
      [...sql.exec("SELECT run FROM records LIMIT ?", limit)].map(({ run }) =>
        JSON.parse(`${run}`),
      ),
    atomically: (work) => storage.transactionSync(work),
  };
};

const readStream = (row: SqlRow): SavedStream => ({
  stream: `${row.stream}` as StreamId,
  broadcaster: `${row.broadcaster}`,
  category: row.category === null ? null : `${row.category}`,
  startedAt: Number(row.started_at),
  endedAt: row.ended_at === null ? null : Number(row.ended_at),
});

const readSession = ({ session, visitor, started_at, ended_at }: SqlRow): SessionRow => ({
  session: `${session}`,
  visitor: `${visitor}`,
  startedAt: Number(started_at),
  endedAt: ended_at === null ? null : Number(ended_at),
});
