import type { ContentId } from "../../core/ids.ts";
import type { CellRow, TotalRow } from "../../core/views/ledger.ts";
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
import { tallyDays } from "./tally-days.ts";
import {
  addColumnToTotals,
  CHANGED_CELLS,
  CHANGED_TOTALS,
  COLUMNS_OF_TOTALS,
  LATER_COLUMNS_OF_TOTALS,
  OLDEST_CELLS,
  SAVE_CELL,
  SAVE_HOUR,
  SAVE_MARK,
  SAVE_TOTAL,
  TALLY_TABLES,
} from "./tally-sql.ts";

/** @param now unix ms, the generation when the storage is new */
export const tallyStore = (
  storage: ObjectStorage,
  now: number,
  background: Background,
): TallyStore => {
  const { sql } = storage;
  const meta = new MetaTable(storage);
  for (const table of TALLY_TABLES) sql.exec(table);
  addLaterColumns(storage);
  const generation = meta.number("generation", now);
  if (generation === now) meta.set("generation", now);

  return {
    days: tallyDays(storage, meta),
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
      // In no order: to sort, SQLite would first copy all of it.
      const query = "SELECT * FROM log WHERE newest_at >= ?";
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
      for (const row of sql.exec("SELECT * FROM totals WHERE content = ?", content))
        return readTotal(row);
      return undefined;
    },
    saveLedger(position, cells, totals) {
      for (const { content, hour, counted, version } of cells) {
        sql.exec(SAVE_CELL, content, hour, counted, version);
      }
      for (const { content, start, restated, views, published, ...rest } of totals) {
        const { closed, closedThrough, version } = rest;
        sql.exec(
          SAVE_TOTAL,
          content,
          start,
          restated,
          views,
          published,
          closed,
          closedThrough,
          version,
        );
      }
      meta.set("checkpoint", position);
    },
    flushed: () => meta.number("flushed", 0),
    saveFlushed: (version) => meta.set("flushed", version),
    changedCells({ after, above, through, limit }) {
      const key = after ?? { version: above, hour: END_OF_TIME, content: "" };
      const rows = sql.exec(CHANGED_CELLS, key.version, key.hour, key.content, through, limit);
      return [...rows].map((row) => ({ ...readCell(row), final: row.final === 1 }));
    },
    changedTotals({ after, above, through, limit }) {
      const key = after ?? { version: above, content: AFTER_ALL_IDS };
      const rows = sql.exec(CHANGED_TOTALS, key.version, key.content, through, limit);
      return [...rows].map(readTotal);
    },
    closing: () => meta.number("closing", 0),
    saveClosing(through, horizon) {
      meta.set("closing", through);
      meta.set("horizon", horizon);
    },
    closed: () => meta.number("closed", 0),
    saveClosed: (through) => meta.set("closed", through),
    oldestCells: (before, limit) => [...sql.exec(OLDEST_CELLS, before, limit)].map(readCell),
    deleteCellsThrough({ hour, content }) {
      sql.exec("DELETE FROM cells WHERE (hour, content) <= (?, ?)", hour, content);
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
    bytes: () => sql.databaseSize,
    atomically: (work) => storage.transactionSync(work),
    durable: () => storage.sync(),
  };
};

/** Sort behind every hour and every id. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;
const AFTER_ALL_IDS = "~";

/** In one step: a storage that died between the two has both or none. */
const addLaterColumns = (storage: ObjectStorage): void =>
  storage.transactionSync(() => {
    const there = new Set([...storage.sql.exec(COLUMNS_OF_TOTALS)].map(({ name }) => name));
    for (const column of LATER_COLUMNS_OF_TOTALS) {
      if (!there.has(column)) storage.sql.exec(addColumnToTotals(column));
    }
  });

const readCell = ({ content, hour, counted, version }: SqlRow): CellRow => ({
  content: content as ContentId,
  hour: Number(hour),
  counted: Number(counted),
  version: Number(version),
});

const readTotal = ({ content, closed_through, ...row }: SqlRow): TotalRow => ({
  content: content as ContentId,
  start: Number(row.start),
  restated: Number(row.restated),
  views: Number(row.views),
  published: Number(row.published),
  closed: Number(row.closed),
  closedThrough: Number(closed_through),
  version: Number(row.version),
});

const readEntry = ({ position, source, frames, verdicts }: SqlRow): LogEntry => ({
  position: Number(position),
  source: String(source),
  frames: asBytes(frames),
  verdicts: asBytes(verdicts),
});
