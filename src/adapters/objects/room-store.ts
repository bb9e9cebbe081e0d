import type { RoomStore } from "../../ports/room-store.ts";
import { readCorrection } from "./correction-text.ts";
import { MetaTable } from "./meta-table.ts";
import {
  asBytes,
  type Background,
  type ObjectStorage,
  scalar,
  storageAlarm,
} from "./object-storage.ts";
import { ledgerStore } from "./room-ledger-store.ts";
import { outboxStore, readSession } from "./room-outbox-store.ts";
import {
  CAME_AFTER,
  EARLY_VISITORS,
  OPEN_SESSIONS,
  ROOM_TABLES,
  SAVE_LEASE,
  SAVE_SESSION,
  SAVE_STREAM,
  SAVE_TOLD,
  TAKE_OVER_VISITORS,
} from "./room-sql.ts";
import { readUnanswered, writeUnanswered } from "./unanswered-text.ts";

/** @param now unix ms, the generation when the storage is new */
export const roomStore = (
  storage: ObjectStorage,
  now: number,
  background: Background,
): RoomStore => {
  const { sql } = storage;
  const meta = new MetaTable(storage);
  for (const table of ROOM_TABLES) sql.exec(table);
  let generation = meta.generation(now);
  takeOverVisitors(storage);

  return {
    alarm: storageAlarm(storage, background),
    generation: () => generation,
    saveGeneration(above) {
      generation = above;
      meta.set("generation", above);
    },
    versions: () => meta.number("versions", 0),
    saveVersions: (bound) => meta.set("versions", bound),
    saveStream({ stream, broadcaster, category, startedAt, endedAt }) {
      sql.exec(SAVE_STREAM, stream, broadcaster, category, startedAt, endedAt);
    },
    salt() {
      const salt = scalar(sql.exec("SELECT salt FROM salt"));
      return salt === undefined ? undefined : asBytes(salt);
    },
    saveSalt: (salt) => void sql.exec("INSERT OR REPLACE INTO salt (id, salt) VALUES (1, ?)", salt),
    deleteSalt() {
      // SQLite leaves the bytes of a deleted row where they were; those of one that is overwritten are gone.
      sql.exec("UPDATE salt SET salt = zeroblob(length(salt))");
      sql.exec("DELETE FROM salt");
    },
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
    unanswered: (audience) => readUnanswered(meta.text(`unanswered:${audience}`)),
    saveUnanswered: (audience, unanswered) =>
      meta.set(`unanswered:${audience}`, writeUnanswered(unanswered)),
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
    correction: () => readCorrection(meta.text("correction")),
    saveCorrection: (correction) =>
      meta.set("correction", correction === undefined ? "" : JSON.stringify(correction)),
    ...ledgerStore(storage, meta),
    ...outboxStore(storage),
    atomically: (work) => storage.transactionSync(work),
  };
};

/** What rooms kept before they told the starts of a day apart. */
const takeOverVisitors = (storage: ObjectStorage): void => {
  const { sql } = storage;
  if (scalar(sql.exec(EARLY_VISITORS)) === undefined) return;
  storage.transactionSync(() => {
    for (const statement of TAKE_OVER_VISITORS) sql.exec(statement);
  });
};
