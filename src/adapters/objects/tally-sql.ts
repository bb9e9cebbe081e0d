import { HOUR_MS } from "../../core/limits.ts";

/** Tables and statements of a Tally. */
export const TALLY_TABLES = [
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
    final INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (hour, content)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS totals (
    content TEXT PRIMARY KEY,
    start INTEGER NOT NULL,
    views INTEGER NOT NULL,
    published INTEGER NOT NULL,
    version INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0,
    closed_through INTEGER NOT NULL DEFAULT 0,
    restated INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS cells_version ON cells (version)`,
  `CREATE INDEX IF NOT EXISTS totals_version ON totals (version)`,
  `CREATE TABLE IF NOT EXISTS hours (
    hour INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    through INTEGER NOT NULL,
    dirtied_at INTEGER NOT NULL,
    changed INTEGER NOT NULL DEFAULT 0,
    incomplete INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0
  )`,
  `CREATE TABLE IF NOT EXISTS objects (
    name TEXT PRIMARY KEY,
    hour INTEGER NOT NULL,
    events INTEGER NOT NULL,
    index_name TEXT NOT NULL
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS objects_hour ON objects (hour)`,
  `CREATE TABLE IF NOT EXISTS ranges (
    index_name TEXT PRIMARY KEY,
    archived_at INTEGER NOT NULL,
    unreadable TEXT
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS suspicions (
    id TEXT PRIMARY KEY,
    format INTEGER NOT NULL,
    state TEXT NOT NULL
  ) WITHOUT ROWID`,
];

export interface LaterColumns {
  readonly table: string;
  readonly columns: readonly string[];
  /** What brings older rows up to date with them. */
  readonly backfill: readonly string[];
}

/**
 * Before hours had a row from their first event on, they had one only when something was late or corrected: those there
 * are all have something that no correction has settled.
 */
const HOURS_OF_CELLS = `INSERT INTO hours (hour, run, through, dirtied_at)
  SELECT DISTINCT hour, 0, 0, 1 FROM cells WHERE TRUE
  ON CONFLICT DO UPDATE SET through = 0, dirtied_at = MAX(dirtied_at, 1)`;
const HOURS_OF_LOG = `INSERT INTO hours (hour, run, through, dirtied_at)
  SELECT DISTINCT newest_at - newest_at % ${HOUR_MS}, 0, 0, 1 FROM log WHERE newest_at > 0
  ON CONFLICT DO NOTHING`;

/** Before hours knew up to where they were settled, a cell that is final said that they were. */
const SETTLED_HOURS = `UPDATE hours SET settled = through
  WHERE EXISTS (SELECT 1 FROM cells WHERE cells.hour = hours.hour AND cells.final = 1)`;

/** Columns younger than their table: storage born before them gets them when it is opened. */
export const LATER_COLUMNS: readonly LaterColumns[] = [
  { table: "totals", columns: ["closed", "closed_through", "restated"], backfill: [] },
  { table: "hours", columns: ["changed", "incomplete"], backfill: [] },
  { table: "cells", columns: ["final"], backfill: [HOURS_OF_CELLS, HOURS_OF_LOG] },
  { table: "hours", columns: ["settled"], backfill: [SETTLED_HOURS] },
];
export const columnsOf = (table: string): string => `PRAGMA table_info(${table})`;
export const addColumn = (table: string, column: string): string =>
  `ALTER TABLE ${table} ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0`;

export const OLDEST_CELLS = `SELECT content, hour, counted, version, final FROM cells
  WHERE hour < ? ORDER BY hour, content LIMIT ?`;

export const SAVE_CELL = `INSERT INTO cells (content, hour, counted, version, final) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET counted = excluded.counted, version = excluded.version, final = excluded.final`;
export const SAVE_TOTAL = `INSERT INTO totals (content, start, restated, views, published, closed, closed_through, version)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    start = excluded.start, restated = excluded.restated, views = excluded.views, published = excluded.published, closed = excluded.closed,
    closed_through = excluded.closed_through, version = excluded.version`;
export const SAVE_MARK = `INSERT INTO marks (source, mark) VALUES (?, ?)
  ON CONFLICT DO UPDATE SET mark = excluded.mark`;
export const SAVE_HOUR = `INSERT INTO hours (hour, run, through, settled, dirtied_at, changed, incomplete)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET run = excluded.run, through = excluded.through, settled = excluded.settled, dirtied_at = excluded.dirtied_at,
    changed = excluded.changed, incomplete = excluded.incomplete`;

export const SAVE_OBJECT = `INSERT INTO objects (name, hour, events, index_name) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET hour = excluded.hour, events = excluded.events, index_name = excluded.index_name`;
export const SAVE_RANGE = `INSERT INTO ranges (index_name, archived_at, unreadable) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET archived_at = excluded.archived_at, unreadable = excluded.unreadable`;
/** By when its first frame was accepted, @see acceptedBytes; one that is no frame says nothing. */
export const ENTRIES_OF = `SELECT * FROM log
  WHERE position > ? AND position <= ? AND newest_at >= ?
  AND (substr(frames, 5, 1) <> x'01' OR substr(frames, 6, 6) < ?) ORDER BY position`;

export const OLDEST_ENTRIES = `SELECT position, newest_at FROM log
  WHERE position <= ? ORDER BY position LIMIT ?`;

export const CHANGED_CELLS = `SELECT content, hour, counted, version, final FROM cells
  WHERE (version, hour, content) > (?, ?, ?) AND version <= ?
  ORDER BY version, hour, content LIMIT ?`;
export const YOUNGEST_TOTALS = `SELECT * FROM totals
  WHERE (version, content) < (?, ?) AND version > ? ORDER BY version DESC, content DESC LIMIT ?`;
export const CHANGED_TOTALS = `SELECT * FROM totals
  WHERE (version, content) > (?, ?) AND version <= ? ORDER BY version, content LIMIT ?`;
