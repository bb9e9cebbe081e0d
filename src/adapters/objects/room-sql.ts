/** Tables and statements of a Room. */
export const ROOM_TABLES = [
  `CREATE TABLE IF NOT EXISTS salt (id INTEGER PRIMARY KEY CHECK (id = 1), salt BLOB NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS stream (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    stream TEXT NOT NULL,
    broadcaster TEXT NOT NULL,
    category TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
  )`,
  `CREATE TABLE IF NOT EXISTS told (
    audience TEXT PRIMARY KEY,
    numbers TEXT NOT NULL,
    viewers INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS sessions (
    session TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
  ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS sessions_open ON sessions (started_at) WHERE ended_at IS NULL`,
  `CREATE INDEX IF NOT EXISTS sessions_ended ON sessions (started_at, ended_at) WHERE ended_at IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS sessions_started_at ON sessions (started_at, visitor)`,
  `CREATE TABLE IF NOT EXISTS leases (
    visitor TEXT PRIMARY KEY,
    network TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS visitors (
    day INTEGER NOT NULL,
    visitor TEXT NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (day, visitor)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    window_peak INTEGER NOT NULL,
    total INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS samples (
    recorded_at INTEGER PRIMARY KEY,
    viewers INTEGER NOT NULL,
    peak INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS days (
    day INTEGER PRIMARY KEY,
    peak INTEGER NOT NULL,
    uniques INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    watched_ms INTEGER NOT NULL,
    live_ms INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS forgotten (visitor TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, run TEXT NOT NULL)`,
];

/** An early room's visitors, by the name of the day, all of its last start; its total was their number. Nothing of it is in the database. */
export const EARLY_VISITORS = "SELECT name FROM sqlite_master WHERE name = 'uniques'";
export const TAKE_OVER_VISITORS = [
  `INSERT OR IGNORE INTO visitors (day, visitor, run)
    SELECT CAST(REPLACE(day, '-', '') AS INTEGER), visitor, COALESCE((SELECT started_at FROM stream), 0)
    FROM uniques`,
  `INSERT OR IGNORE INTO account (id, window_peak, total, changed_at)
    SELECT 1, 0, COUNT(*), 1 FROM uniques`,
  "DROP TABLE uniques",
];

export const SAVE_STREAM = `INSERT INTO stream (id, stream, broadcaster, category, started_at, ended_at)
  VALUES (1, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET stream = excluded.stream, broadcaster = excluded.broadcaster,
    category = excluded.category, started_at = excluded.started_at, ended_at = excluded.ended_at`;
export const SAVE_TOLD = `INSERT INTO told (audience, numbers, viewers, at) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET numbers = excluded.numbers, viewers = excluded.viewers, at = excluded.at`;
export const SAVE_SESSION = `INSERT INTO sessions (session, visitor, started_at, ended_at) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET ended_at = excluded.ended_at`;
export const SAVE_LEASE = `INSERT INTO leases (visitor, network, opened_at, seen_at) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET network = excluded.network, seen_at = excluded.seen_at`;

export const OPEN_SESSIONS = `SELECT session, visitor, started_at, ended_at FROM sessions
  WHERE ended_at IS NULL ORDER BY started_at`;
export const CAME_AFTER = `SELECT visitor, MAX(started_at) AS at FROM sessions
  WHERE started_at > ? GROUP BY visitor`;
export const WAITING_SESSIONS = `SELECT COUNT(*) AS count, MIN(ended_at) AS ended_at, MAX(started_at) AS started_at
  FROM (SELECT started_at, ended_at FROM sessions WHERE ended_at IS NOT NULL ORDER BY started_at LIMIT ?)`;
export const ENDED_SESSIONS = `SELECT session, visitor, started_at, ended_at FROM sessions
  WHERE ended_at IS NOT NULL AND started_at <= ? ORDER BY started_at LIMIT ?`;

export const SAVE_FORGOTTEN = `INSERT INTO forgotten (visitor, at) VALUES (?, ?)
  ON CONFLICT DO UPDATE SET at = MAX(at, excluded.at)`;

export const SAVE_VISITOR = `INSERT INTO visitors (day, visitor, run) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET run = excluded.run`;
export const SAVE_ACCOUNT = `INSERT INTO account (id, window_peak, total, changed_at) VALUES (1, ?, ?, ?)
  ON CONFLICT DO UPDATE SET window_peak = excluded.window_peak, total = excluded.total,
    changed_at = excluded.changed_at`;
export const SAVE_SAMPLE = `INSERT INTO samples (recorded_at, viewers, peak) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET viewers = excluded.viewers, peak = excluded.peak`;
export const SAVE_DAY = `INSERT INTO days (day, peak, uniques, sessions, watched_ms, live_ms, changed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET peak = excluded.peak, uniques = excluded.uniques, sessions = excluded.sessions,
    watched_ms = excluded.watched_ms, live_ms = excluded.live_ms, changed_at = excluded.changed_at`;
