import type { ContentId } from "../../core/ids.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { acceptedBytes } from "../../protocol/frame.ts";
import { MetaTable } from "./meta-table.ts";
import { type Background, type ObjectStorage, scalar, storageAlarm } from "./object-storage.ts";
import { archiveStore, readEntry } from "./tally-archive.ts";
import { tallyDays } from "./tally-days.ts";
import { expiryStore } from "./tally-expiry.ts";
import { hourStore } from "./tally-hours.ts";
import { publishStore } from "./tally-publish.ts";
import { restoreStore } from "./tally-restore.ts";
import { readCell, readCellRow, readTotal } from "./tally-rows.ts";
import { slotStore } from "./tally-slots.ts";
import {
  addColumn,
  CHANGED_CELLS,
  CHANGED_TOTALS,
  columnsOf,
  ENTRIES_OF,
  LATER_COLUMNS,
  OLDEST_CELLS,
  SAVE_CELL,
  SAVE_MARK,
  SAVE_TOTAL,
  TALLY_TABLES,
} from "./tally-sql.ts";
import { suspicionStore } from "./tally-suspicions.ts";

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
  const generation = meta.generation(now);

  return {
    days: tallyDays(storage, meta),
    expiry: expiryStore(sql),
    restore: restoreStore(storage, meta),
    alarm: storageAlarm(storage, background),
    archive: archiveStore(sql, meta),
    hours: hourStore(sql),
    publish: publishStore(sql, meta),
    suspicions: suspicionStore(sql),
    slots: slotStore(sql, meta),
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
    *entriesOf({ above, through, newestFrom, acceptedBefore }) {
      const accepted = acceptedBytes(acceptedBefore);
      for (const row of sql.exec(ENTRIES_OF, above, through, newestFrom, accepted)) {
        yield readEntry(row);
      }
    },
    cell({ content, hour }) {
      const query = "SELECT counted, version, final FROM cells WHERE hour = ? AND content = ?";
      for (const row of sql.exec(query, hour, content)) return readCell(row);
      return undefined;
    },
    total(content) {
      for (const row of sql.exec("SELECT * FROM totals WHERE content = ?", content))
        return readTotal(row);
      return undefined;
    },
    saveLedger(position, cells, totals) {
      for (const { content, hour, counted, version, final } of cells) {
        sql.exec(SAVE_CELL, content, hour, counted, version, Number(final));
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
      return [...rows].map(readCellRow);
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
    oldestCells: (before, limit) => [...sql.exec(OLDEST_CELLS, before, limit)].map(readCellRow),
    deleteCellsThrough({ hour, content }) {
      sql.exec("DELETE FROM cells WHERE (hour, content) <= (?, ?)", hour, content);
    },
    cellsOf(hour, { from, to = AFTER_ALL_IDS }) {
      const query = "SELECT * FROM cells WHERE hour = ? AND content >= ? AND content < ?";
      const rows = sql.exec(query, hour, from, to);
      return new Map([...rows].map((row) => [row.content as ContentId, readCell(row)]));
    },
    bytes: () => sql.databaseSize,
    atomically: (work) => storage.transactionSync(work),
    durable: () => storage.sync(),
  };
};

/** Sort behind every hour and every id. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;
const AFTER_ALL_IDS = "~";

/** In one step: a storage that died in between has all or nothing of it. */
const addLaterColumns = (storage: ObjectStorage): void =>
  storage.transactionSync(() => {
    const { sql } = storage;
    for (const { table, columns, backfill } of LATER_COLUMNS) {
      const there = new Set([...sql.exec(columnsOf(table))].map(({ name }) => name));
      const missing = columns.filter((column) => !there.has(column));
      for (const column of missing) sql.exec(addColumn(table, column));
      if (missing.length > 0) for (const statement of backfill) sql.exec(statement);
    }
  });
