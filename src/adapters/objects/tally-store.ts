import type { ContentId } from "../../core/ids.ts";
import type { LogEntry, TallyStore } from "../../ports/tally-store.ts";
import { MetaTable } from "./meta-table.ts";
import {
  asBytes,
  type Background,
  type ObjectStorage,
  type SqlRow,
  scalar,
  storageAlarm,
} from "./object-storage.ts";

const TABLES = [
  `CREATE TABLE IF NOT EXISTS marks (source TEXT PRIMARY KEY, mark INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS log (
    position INTEGER PRIMARY KEY,
    newest_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    verdicts BLOB NOT NULL,
    frames BLOB NOT NULL
  )`,
  `CREATE INDEX IF NOT EXISTS log_newest_at ON log (newest_at)`,
  `CREATE TABLE IF NOT EXISTS cells (
    content TEXT NOT NULL,
    hour INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (hour, content)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS totals (
    content TEXT PRIMARY KEY,
    views INTEGER NOT NULL,
    published INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS hours (
    hour INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    through INTEGER NOT NULL,
    dirtied_at INTEGER NOT NULL
  )`,
];

const SAVE_CELL = `INSERT INTO cells (content, hour, counted, version) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET counted = excluded.counted, version = excluded.version`;
const SAVE_TOTAL = `INSERT INTO totals (content, views, published, version) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET views = excluded.views, published = excluded.published, version = excluded.version`;
const SAVE_MARK = `INSERT INTO marks (source, mark) VALUES (?, ?)
  ON CONFLICT DO UPDATE SET mark = excluded.mark`;
const SAVE_HOUR = `INSERT INTO hours (hour, run, through, dirtied_at) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET run = excluded.run, through = excluded.through, dirtied_at = excluded.dirtied_at`;

/** @param now unix ms, the generation when the storage is new */
export const tallyStore = (
  storage: ObjectStorage,
  now: number,
  background: Background,
): TallyStore => {
  const { sql } = storage;
  const meta = new MetaTable(storage);
  for (const table of TABLES) sql.exec(table);
  const generation = meta.number("generation", now);
  if (generation === now) meta.set("generation", now);

  return {
    alarm: storageAlarm(storage, background),
    generation: () => generation,
    horizon: () => meta.number("horizon", 0),
    checkpoint: () => meta.number("checkpoint", 0),
    mark(source) {
      const value = scalar(sql.exec("SELECT mark FROM marks WHERE source = ?", source));
      return typeof value === "number" ? value : undefined;
    },
    advance({ source, mark, horizon }) {
      sql.exec(SAVE_MARK, source, mark);
      meta.set("horizon", horizon);
    },
    appendEntry({ position, source, frames, verdicts }, newestAt) {
      const query =
        "INSERT INTO log (position, newest_at, source, verdicts, frames) VALUES (?, ?, ?, ?, ?)";
      sql.exec(query, position, newestAt, source, verdicts, frames);
    },
    *entriesAbove(position) {
      const query = "SELECT * FROM log WHERE position > ? ORDER BY position";
      for (const row of sql.exec(query, position)) yield readEntry(row);
    },
    *entriesSince(fromMs) {
      const query = "SELECT * FROM log WHERE newest_at >= ? ORDER BY position";
      for (const row of sql.exec(query, fromMs)) yield readEntry(row);
    },
    cell({ content, hour }) {
      const query = "SELECT counted, version FROM cells WHERE hour = ? AND content = ?";
      for (const { counted, version } of sql.exec(query, hour, content)) {
        return { counted: Number(counted), version: Number(version) };
      }
      return undefined;
    },
    total(content) {
      const query = "SELECT views, published, version FROM totals WHERE content = ?";
      for (const { views, published, version } of sql.exec(query, content)) {
        return { views: Number(views), published: Number(published), version: Number(version) };
      }
      return undefined;
    },
    saveLedger(position, cells, totals) {
      for (const { content, hour, counted, version } of cells) {
        sql.exec(SAVE_CELL, content, hour, counted, version);
      }
      for (const { content, views, published, version } of totals) {
        sql.exec(SAVE_TOTAL, content, views, published, version);
      }
      meta.set("checkpoint", position);
    },
    cellsOf(hour, { from, to }) {
      const rows =
        to === undefined
          ? sql.exec(
              "SELECT content, counted FROM cells WHERE hour = ? AND content >= ?",
              hour,
              from,
            )
          : sql.exec(
              "SELECT content, counted FROM cells WHERE hour = ? AND content >= ? AND content < ?",
              hour,
              from,
              to,
            );
      const cells = new Map<ContentId, number>();
      for (const { content, counted } of rows) cells.set(content as ContentId, Number(counted));
      return cells;
    },
    hour(hour) {
      for (const row of sql.exec(
        "SELECT run, through, dirtied_at FROM hours WHERE hour = ?",
        hour,
      )) {
        const { run, through, dirtied_at } = row;
        return { run: Number(run), through: Number(through), dirtiedAt: Number(dirtied_at) };
      }
      return { run: 0, through: 0, dirtiedAt: 0 };
    },
    saveHour(hour, { run, through, dirtiedAt }) {
      sql.exec(SAVE_HOUR, hour, run, through, dirtiedAt);
    },
    atomically: (work) => storage.transactionSync(work),
  };
};

const readEntry = ({ position, source, frames, verdicts }: SqlRow): LogEntry => ({
  position: Number(position),
  source: String(source),
  frames: asBytes(frames),
  verdicts: asBytes(verdicts),
});
