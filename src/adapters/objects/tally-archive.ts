import type { ArchiveStore } from "../../ports/archive-store.ts";
import type { LogEntry } from "../../ports/tally-store.ts";
import type { MetaTable } from "./meta-table.ts";
import { asBytes, type ObjectStorage, type SqlRow, scalar } from "./object-storage.ts";
import { OLDEST_ENTRIES, SAVE_OBJECT, SAVE_RANGE } from "./tally-sql.ts";

type Sql = ObjectStorage["sql"];

export const archiveStore = (sql: Sql, meta: MetaTable): ArchiveStore => ({
  archived: () => meta.number("archived", 0),
  begun: () => meta.number("archiving", 0),
  begin: (to) => meta.set("archiving", to),
  complete({ to, index, archivedAt, objects, unreadable }) {
    for (const { name, hour, events } of objects) sql.exec(SAVE_OBJECT, name, hour, events, index);
    sql.exec(SAVE_RANGE, index, archivedAt, unreadable ?? null);
    meta.set("archived", to);
  },
  unarchivedBytes() {
    const query = "SELECT SUM(LENGTH(frames)) FROM log WHERE position > ?";
    return Number(scalar(sql.exec(query, meta.number("archived", 0))) ?? 0);
  },
  cut(through, maxBytes) {
    let bytes = 0;
    let to: number | undefined;
    for (const entry of sql.exec(ENTRY_SIZES, meta.number("archived", 0), through)) {
      bytes += Number(entry.bytes);
      if (to !== undefined && bytes > maxBytes) return to;
      to = Number(entry.position);
    }
    return to === undefined ? undefined : through;
  },
  *entriesIn({ from, to }) {
    const query = "SELECT * FROM log WHERE position BETWEEN ? AND ? ORDER BY position";
    for (const row of sql.exec(query, from, to)) yield readEntry(row);
  },
  objectsOf(hour) {
    const rows = sql.exec("SELECT name, events FROM objects WHERE hour = ? ORDER BY name", hour);
    return [...rows].map(({ name, events }) => ({ name: String(name), events: Number(events) }));
  },
  held() {
    const since = meta.number("held_since", 0);
    return since === 0 ? undefined : { through: meta.number("held", 0), since };
  },
  hold(held) {
    meta.set("held", held?.through ?? 0);
    meta.set("held_since", held?.since ?? 0);
  },
  trimmed: () => meta.number("trimmed", 0),
  trimmable(through, fromMs, limit) {
    let last: number | undefined;
    for (const { position, newest_at } of sql.exec(OLDEST_ENTRIES, through, limit)) {
      if (Number(newest_at) >= fromMs) return last;
      last = Number(position);
    }
    return last;
  },
  trim(through) {
    sql.exec("DELETE FROM log WHERE position <= ?", through);
    meta.set("trimmed", through);
  },
});

const ENTRY_SIZES = `SELECT position, LENGTH(frames) AS bytes FROM log
  WHERE position > ? AND position <= ? ORDER BY position`;

export const readEntry = ({ position, source, frames, verdicts }: SqlRow): LogEntry => ({
  position: Number(position),
  source: String(source),
  frames: asBytes(frames),
  verdicts: asBytes(verdicts),
});
