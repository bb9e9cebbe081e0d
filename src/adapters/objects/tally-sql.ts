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
    dirtied_at INTEGER NOT NULL
  )`,
];

/** Columns younger than their table: storage born before them gets them when it is opened. */
export const COLUMNS_OF_TOTALS = "PRAGMA table_info(totals)";
export const LATER_COLUMNS_OF_TOTALS = ["closed", "closed_through", "restated"];
export const addColumnToTotals = (column: string): string =>
  `ALTER TABLE totals ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0`;

export const OLDEST_CELLS = `SELECT content, hour, counted, version FROM cells
  WHERE hour < ? ORDER BY hour, content LIMIT ?`;

export const SAVE_CELL = `INSERT INTO cells (content, hour, counted, version) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET counted = excluded.counted, version = excluded.version`;
export const SAVE_TOTAL = `INSERT INTO totals (content, start, restated, views, published, closed, closed_through, version)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    start = excluded.start, restated = excluded.restated, views = excluded.views, published = excluded.published, closed = excluded.closed,
    closed_through = excluded.closed_through, version = excluded.version`;
export const SAVE_MARK = `INSERT INTO marks (source, mark) VALUES (?, ?)
  ON CONFLICT DO UPDATE SET mark = excluded.mark`;
export const SAVE_HOUR = `INSERT INTO hours (hour, run, through, dirtied_at) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET run = excluded.run, through = excluded.through, dirtied_at = excluded.dirtied_at`;

export const CHANGED_CELLS = `SELECT content, hour, counted, version,
    EXISTS (SELECT 1 FROM hours WHERE hours.hour = cells.hour AND run > 0 AND dirtied_at <= through) AS final
  FROM cells WHERE (version, hour, content) > (?, ?, ?) AND version <= ?
  ORDER BY version, hour, content LIMIT ?`;
export const CHANGED_TOTALS = `SELECT * FROM totals
  WHERE (version, content) > (?, ?) AND version <= ? ORDER BY version, content LIMIT ?`;
