import type { StreamId } from "../../core/ids.ts";
import type { LedgerStore, SavedStream } from "../../ports/room-store.ts";
import type { MetaTable } from "./meta-table.ts";
import { type ObjectStorage, type SqlRow, scalar } from "./object-storage.ts";
import { SAVE_ACCOUNT, SAVE_DAY, SAVE_SAMPLE, SAVE_VISITOR } from "./room-sql.ts";

/** Over the tables of a Room. */
export const ledgerStore = ({ sql }: ObjectStorage, meta: MetaTable): LedgerStore => ({
  stream() {
    for (const row of sql.exec("SELECT * FROM stream")) return readStream(row);
    return undefined;
  },
  account() {
    for (const row of sql.exec("SELECT * FROM account")) {
      return {
        windowPeak: Number(row.window_peak),
        total: Number(row.total),
        changedAt: Number(row.changed_at),
      };
    }
    return undefined;
  },
  saveAccount({ windowPeak, total, changedAt }) {
    sql.exec(SAVE_ACCOUNT, windowPeak, total, changedAt);
  },
  savedAsOf: () => meta.number("saved_as_of", 0),
  saveSavedAsOf: (asOf) => meta.set("saved_as_of", asOf),
  samples: () =>
    [...sql.exec("SELECT * FROM samples ORDER BY recorded_at")].map(
      ({ recorded_at, viewers, peak }) => ({
        recordedAt: Number(recorded_at),
        viewers: Number(viewers),
        peak: Number(peak),
      }),
    ),
  saveSample({ recordedAt, viewers, peak }) {
    sql.exec(SAVE_SAMPLE, recordedAt, viewers, peak);
  },
  deleteSamples: (through) => void sql.exec("DELETE FROM samples WHERE recorded_at <= ?", through),
  days: () =>
    [...sql.exec("SELECT * FROM days ORDER BY day")].map((row) => ({
      day: Number(row.day),
      peak: Number(row.peak),
      uniques: Number(row.uniques),
      sessions: Number(row.sessions),
      watchedMs: Number(row.watched_ms),
      liveMs: Number(row.live_ms),
      changedAt: Number(row.changed_at),
    })),
  saveDay({ day, peak, uniques, sessions, watchedMs, liveMs, changedAt }) {
    sql.exec(SAVE_DAY, day, peak, uniques, sessions, watchedMs, liveMs, changedAt);
  },
  deleteDay: (day) => void sql.exec("DELETE FROM days WHERE day = ?", day),
  visitorRun(day, visitor) {
    const run = scalar(
      sql.exec("SELECT run FROM visitors WHERE day = ? AND visitor = ?", day, visitor),
    );
    return run === undefined ? undefined : Number(run);
  },
  saveVisitor: (day, visitor, run) => void sql.exec(SAVE_VISITOR, day, visitor, run),
  visitors: (day) => Number(scalar(sql.exec("SELECT COUNT(*) FROM visitors WHERE day = ?", day))),
  deleteVisitorsBefore: (day) => void sql.exec("DELETE FROM visitors WHERE day < ?", day),
});

const readStream = (row: SqlRow): SavedStream => ({
  stream: `${row.stream}` as StreamId,
  broadcaster: `${row.broadcaster}`,
  category: row.category === null ? null : `${row.category}`,
  startedAt: Number(row.started_at),
  endedAt: row.ended_at === null ? null : Number(row.ended_at),
});
