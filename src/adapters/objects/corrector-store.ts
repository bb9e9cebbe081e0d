import { CARRY_PART_BYTES } from "../../core/limits.ts";
import type {
  CorrectionQueue,
  CorrectionResults,
  CorrectionWork,
  CorrectorStore,
  HourResult,
  StoredPage,
  WaitingJob,
} from "../../ports/corrector-store.ts";
import { concat } from "../../protocol/bytes.ts";
import type { CorrectionOrder, CorrectionReason } from "../../protocol/correction-rpc.ts";
import {
  ADD_CITY,
  ADD_JOB,
  CORRECTOR_TABLES,
  FIRST_PAGE,
  JOBS,
  NEXT_OBJECT,
  PAGE_BEFORE,
  PAGE_BEHIND,
  PLACE_COLUMNS,
  RESULT,
  RESULTS,
  SAVE_PAGE,
  SAVE_RESULT,
} from "./corrector-sql.ts";
import { MetaTable } from "./meta-table.ts";
import {
  asBytes,
  type Background,
  type ObjectStorage,
  type SqlRow,
  scalar,
  storageAlarm,
} from "./object-storage.ts";

type Sql = ObjectStorage["sql"];

export const correctorStore = (storage: ObjectStorage, background: Background): CorrectorStore => {
  const { sql } = storage;
  const meta = new MetaTable(storage);
  for (const table of CORRECTOR_TABLES) sql.exec(table);
  const columns = Array.from(sql.exec(PLACE_COLUMNS), ({ name }) => name);
  if (!columns.includes("city")) sql.exec(ADD_CITY);
  return {
    alarm: storageAlarm(storage, background),
    queue: queueOf(sql),
    work: workOf(sql),
    results: resultsOf(sql),
    notes: {
      note: (name) => meta.text(name),
      setNote: (name, text) => meta.set(name, text),
    },
    atomically: (work) => storage.transactionSync(work),
    bytes: () => sql.databaseSize,
  };
};

const queueOf = (sql: Sql): CorrectionQueue => ({
  addOrder(order) {
    sql.exec("INSERT OR IGNORE INTO orders (body) VALUES (?)", JSON.stringify(order));
  },
  orders: () =>
    Array.from(sql.exec("SELECT id, body FROM orders ORDER BY id"), ({ id, body }) => ({
      id: Number(id),
      order: JSON.parse(`${body}`) as CorrectionOrder,
    })),
  removeOrder(id) {
    sql.exec("DELETE FROM orders WHERE id = ?", id);
  },
  add({ startMs, kind, endMs, reason, notBefore, since }) {
    sql.exec(ADD_JOB, startMs, kind, endMs, reason, notBefore, since);
  },
  jobs: () => Array.from(sql.exec(JOBS), asJob),
  remove({ startMs, kind }) {
    sql.exec("DELETE FROM queue WHERE start_ms = ? AND kind = ?", startMs, kind);
  },
});

const asJob = (row: SqlRow): WaitingJob => ({
  kind: row.kind === "day" ? "day" : "hour",
  startMs: Number(row.start_ms),
  endMs: Number(row.end_ms),
  reason: `${row.reason}` as CorrectionReason,
  notBefore: Number(row.not_before),
  since: Number(row.since),
});

const workOf = (sql: Sql): CorrectionWork => ({
  setObjects(objects) {
    sql.exec("DELETE FROM objects");
    const query = "INSERT INTO objects (name, events) VALUES (?, ?)";
    for (const { name, events } of objects) sql.exec(query, name, events);
  },
  nextObject() {
    for (const { name, events } of sql.exec(NEXT_OBJECT)) {
      return { name: `${name}`, events: Number(events) };
    }
    return undefined;
  },
  saveObject(name, minutes) {
    const query = "INSERT INTO minutes (minute, rows) VALUES (?, ?)";
    for (const [minute, pieces] of minutes) {
      for (const rows of pieces) sql.exec(query, minute, rows);
    }
    sql.exec("UPDATE objects SET done = 1 WHERE name = ?", name);
  },
  nextMinute(from) {
    const minute = scalar(sql.exec("SELECT MIN(minute) FROM minutes WHERE minute >= ?", from));
    return typeof minute === "number" ? minute : undefined;
  },
  minute: (minute) =>
    Array.from(sql.exec("SELECT rows FROM minutes WHERE minute = ? ORDER BY id", minute), (row) =>
      asBytes(row.rows),
    ),
  deleteMinutes(before) {
    sql.exec("DELETE FROM minutes WHERE minute < ?", before);
  },
  savePages({ hour, run, slice }, pages) {
    for (const { first, records } of pages) sql.exec(SAVE_PAGE, hour, run, slice, first, records);
  },
  clear() {
    sql.exec("DELETE FROM objects");
    sql.exec("DELETE FROM minutes");
  },
});

const resultsOf = (sql: Sql): CorrectionResults => ({
  result(hour) {
    for (const row of sql.exec(RESULT, hour)) return asResult(row);
    return undefined;
  },
  results: (from, to) => Array.from(sql.exec(RESULTS, from, to), asResult),
  saveResult({ hour, run, outcome, slices, kept }) {
    sql.exec(SAVE_RESULT, hour, run, outcome, slices, kept ? 1 : 0);
  },
  saveCarry(hour, run, carry) {
    sql.exec("DELETE FROM carries WHERE hour = ? AND run = ?", hour, run);
    const query = "INSERT INTO carries (hour, run, part, bytes) VALUES (?, ?, ?, ?)";
    for (let from = 0; from < carry.length; from += CARRY_PART_BYTES) {
      sql.exec(query, hour, run, from, carry.slice(from, from + CARRY_PART_BYTES));
    }
  },
  carry(hour, run) {
    const query = "SELECT bytes FROM carries WHERE hour = ? AND run = ? ORDER BY part";
    const parts = Array.from(sql.exec(query, hour, run), ({ bytes }) => asBytes(bytes));
    return parts.length === 0 ? undefined : concat(parts);
  },
  deleteOtherRuns(hour, run) {
    sql.exec("DELETE FROM carries WHERE hour = ? AND run <> ?", hour, run);
    sql.exec("DELETE FROM pages WHERE hour = ? AND run <> ?", hour, run);
  },
  pageFor({ hour, run, slice }, content) {
    const before = asPage(sql.exec(PAGE_BEFORE, hour, run, slice, content));
    return before ?? asPage(sql.exec(FIRST_PAGE, hour, run, slice));
  },
  pageBehind: ({ hour, run, slice }, page) =>
    asPage(sql.exec(PAGE_BEHIND, page + 1, hour, run, slice)),
  dropPages(before) {
    sql.exec("DELETE FROM pages WHERE hour < ?", before);
    sql.exec("UPDATE results SET kept = 0 WHERE hour < ? AND kept = 1", before);
  },
  dropResults(before) {
    sql.exec("DELETE FROM carries WHERE hour < ?", before);
    sql.exec("DELETE FROM results WHERE hour < ?", before);
    sql.exec("DELETE FROM days WHERE start_ms < ?", before);
  },
  places: () =>
    Array.from(sql.exec("SELECT country, region, city FROM places ORDER BY id"), (row) => ({
      country: `${row.country}`,
      region: `${row.region}`,
      city: `${row.city}`,
    })),
  addPlaces(places) {
    const query = "INSERT INTO places (country, region, city) VALUES (?, ?, ?)";
    for (const { country, region, city } of places) sql.exec(query, country, region, city);
  },
  isDayDone: (startMs) => scalar(sql.exec("SELECT 1 FROM days WHERE start_ms = ?", startMs)) === 1,
  setDayDone(startMs) {
    sql.exec("INSERT OR IGNORE INTO days (start_ms) VALUES (?)", startMs);
  },
});

const asResult = (row: SqlRow): HourResult => ({
  hour: Number(row.hour),
  run: Number(row.run),
  outcome: row.outcome === "done" ? "done" : "none",
  slices: Number(row.slices),
  kept: row.kept === 1,
});

const asPage = (rows: Iterable<SqlRow>): StoredPage | undefined => {
  for (const { page, records } of rows) return { page: Number(page), records: asBytes(records) };
  return undefined;
};
