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
  `CREATE INDEX IF NOT EXISTS sessions_started_at ON sessions (started_at, visitor)`,
  `CREATE TABLE IF NOT EXISTS leases (
    visitor TEXT PRIMARY KEY,
    network TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS uniques (
    day TEXT NOT NULL,
    visitor TEXT NOT NULL,
    PRIMARY KEY (day, visitor)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID`,
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
