/** Tables and statements of a Corrector. Blobs stand last, so that looking for a row reads none of their pages. */
export const CORRECTOR_TABLES = [
  "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE)",
  `CREATE TABLE IF NOT EXISTS queue (
    start_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    end_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (start_ms, kind)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS objects (
    name TEXT PRIMARY KEY,
    events INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS minutes (
    id INTEGER PRIMARY KEY,
    minute INTEGER NOT NULL,
    rows BLOB NOT NULL
  )`,
  "CREATE INDEX IF NOT EXISTS minutes_by_time ON minutes (minute)",
  `CREATE TABLE IF NOT EXISTS pages (
    page INTEGER PRIMARY KEY,
    hour INTEGER NOT NULL,
    run INTEGER NOT NULL,
    slice INTEGER NOT NULL,
    first TEXT NOT NULL,
    records BLOB NOT NULL
  )`,
  "CREATE INDEX IF NOT EXISTS pages_by_content ON pages (hour, run, slice, first)",
  `CREATE TABLE IF NOT EXISTS results (
    hour INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    slices INTEGER NOT NULL,
    kept INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS carries (
    hour INTEGER NOT NULL,
    run INTEGER NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (hour, run, part)
  )`,
  `CREATE TABLE IF NOT EXISTS places (
    id INTEGER PRIMARY KEY,
    country TEXT NOT NULL,
    region TEXT NOT NULL,
    city TEXT NOT NULL DEFAULT ''
  )`,
  "CREATE TABLE IF NOT EXISTS days (start_ms INTEGER PRIMARY KEY)",
];

/** A column younger than its table: storage born before it gets it when it is opened. */
export const PLACE_COLUMNS = "PRAGMA table_info(places)";
export const ADD_CITY = "ALTER TABLE places ADD COLUMN city TEXT NOT NULL DEFAULT ''";

export const ADD_JOB = `INSERT INTO queue (start_ms, kind, end_ms, reason, not_before, since)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET not_before = MIN(not_before, excluded.not_before)`;
export const JOBS = `SELECT kind, start_ms, end_ms, reason, not_before, since FROM queue
  ORDER BY start_ms, kind DESC`;

export const NEXT_OBJECT = "SELECT name, events FROM objects WHERE done = 0 ORDER BY name LIMIT 1";

export const SAVE_PAGE = `INSERT INTO pages (hour, run, slice, first, records)
  VALUES (?, ?, ?, ?, ?)`;
const PAGES_OF_SLICE = "SELECT page, records FROM pages WHERE hour = ? AND run = ? AND slice = ?";
export const PAGE_BEFORE = `${PAGES_OF_SLICE} AND first < ? ORDER BY first DESC, page DESC LIMIT 1`;
export const FIRST_PAGE = `${PAGES_OF_SLICE} ORDER BY first, page LIMIT 1`;
/** Pages of a slice are written in one go, so their numbers follow each other. */
export const PAGE_BEHIND =
  "SELECT page, records FROM pages WHERE page = ? AND hour = ? AND run = ? AND slice = ?";

export const RESULT = "SELECT hour, run, outcome, slices, kept FROM results WHERE hour = ?";
export const RESULTS = `SELECT hour, run, outcome, slices, kept FROM results
  WHERE hour >= ? AND hour < ? ORDER BY hour`;
export const SAVE_RESULT = `INSERT INTO results (hour, run, outcome, slices, kept)
  VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    run = excluded.run, outcome = excluded.outcome, slices = excluded.slices, kept = excluded.kept`;
