/** What the database has of one stream, read past the service. */
import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { MySqlAddress } from "../../mysql/address.ts";

export interface SavedCurrent {
  readonly status: string;
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
}

export interface SavedSample {
  /** Unix ms. */
  readonly recordedAt: number;
  readonly viewers: number;
  readonly peak: number;
}

export interface SavedDay {
  readonly peak: number;
  readonly uniques: number;
  readonly sessions: number;
  readonly watchedSeconds: number;
  readonly liveSeconds: number;
}

export interface SavedSessions {
  readonly sessions: number;
  readonly visitors: number;
  readonly open: number;
  /** Of those that have ended, all together. */
  readonly watchedSeconds: number;
}

export interface SavedStream {
  readonly current: SavedCurrent | undefined;
  /** In their order. */
  readonly samples: readonly SavedSample[];
  readonly days: readonly SavedDay[];
  readonly sessions: SavedSessions;
}

/** @throws while the database is away */
export const readSaved = async (mysql: MySqlAddress, stream: string): Promise<SavedStream> => {
  const connection = await createConnection({ ...mysql });
  const rowsOf = async <Row>(query: string): Promise<readonly Row[]> => {
    const [rows] = await connection.query<(RowDataPacket & Row)[]>(query, [stream]);
    return rows;
  };
  try {
    const [current] = await rowsOf<SavedCurrent>(CURRENT);
    const samples = await rowsOf<SavedSample>(SAMPLES);
    const days = await rowsOf<SavedDay>(DAYS);
    const [sessions = NO_SESSIONS] = await rowsOf<SavedSessions>(SESSIONS);
    return { current, samples, days, sessions };
  } finally {
    await connection.end();
  }
};

const NO_SESSIONS: SavedSessions = { sessions: 0, visitors: 0, open: 0, watchedSeconds: 0 };

const CURRENT = `SELECT status, viewer_count AS viewers, peak_viewers AS peak, total_viewers AS total
  FROM current_viewers WHERE stream_id = ?`;
const SAMPLES = `SELECT recorded_at AS recordedAt, viewer_count AS viewers, peak_viewers AS peak
  FROM viewer_history WHERE stream_id = ? ORDER BY recorded_at`;
const DAYS = `SELECT peak_viewers AS peak, unique_viewers AS uniques, sessions,
  watched_seconds AS watchedSeconds, live_seconds AS liveSeconds
  FROM daily_statistics WHERE stream_id = ? ORDER BY day`;
const SESSIONS = `SELECT COUNT(*) AS sessions, COUNT(DISTINCT visitor) AS visitors,
  COUNT(CASE WHEN ended_at IS NULL THEN 1 END) AS open,
  CAST(COALESCE(SUM(ended_at - started_at), 0) / 1000 AS DOUBLE) AS watchedSeconds
  FROM user_sessions WHERE stream_id = ?`;
