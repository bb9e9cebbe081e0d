import type { RestorePhase, RestoreStore } from "../../ports/restore-store.ts";
import type { MetaTable } from "./meta-table.ts";
import { type ObjectStorage, scalar } from "./object-storage.ts";

const PHASES: readonly RestorePhase[] = [
  "asking",
  "index",
  "totals",
  "cells",
  "correcting",
  "open",
];

const EVER_USED = `SELECT EXISTS (SELECT 1 FROM marks) OR EXISTS (SELECT 1 FROM log)
  OR EXISTS (SELECT 1 FROM totals) OR EXISTS (SELECT 1 FROM cells)`;

const ADD_OBJECT = `INSERT INTO objects (name, hour, events, index_name) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;
const ADD_RANGE = `INSERT INTO ranges (index_name, archived_at, unreadable) VALUES (?, ?, ?)
  ON CONFLICT DO NOTHING`;
const ADD_TOTAL = `INSERT INTO totals (content, start, restated, views, published, closed, closed_through, version)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
/** Cells reach the database before the totals they are part of. */
const ADD_EMPTY_TOTAL = `INSERT INTO totals (content, start, views, published, version)
  VALUES (?, 0, 0, 0, ?) ON CONFLICT DO NOTHING`;
const ADD_CELL = `INSERT INTO cells (content, hour, counted, version, final) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;
const ADD_INCOMPLETE = `INSERT INTO hours (hour, run, through, dirtied_at, incomplete) VALUES (?, 0, 0, 0, 1)
  ON CONFLICT DO UPDATE SET incomplete = 1`;

const DIRTY_HOURS = `INSERT INTO hours (hour, run, through, dirtied_at)
  SELECT DISTINCT hour, 0, 0, ? FROM objects WHERE hour >= ? ON CONFLICT DO NOTHING`;
const HOURS_OF_CELLS_ALONE = `INSERT INTO hours (hour, run, through, dirtied_at, incomplete)
  SELECT DISTINCT hour, 0, 0, 0, 1 FROM cells
  WHERE hour >= ? AND NOT EXISTS (SELECT 1 FROM objects WHERE objects.hour = cells.hour)
  ON CONFLICT DO NOTHING`;
const NOTHING_TO_KEEP = `DELETE FROM hours WHERE incomplete = 1
  AND NOT EXISTS (SELECT 1 FROM cells WHERE cells.hour = hours.hour)`;
const CLEAN_INCOMPLETE = `UPDATE hours SET through = ?1, dirtied_at = ?1 WHERE incomplete = 1`;
const PUBLISH = "UPDATE totals SET published = views WHERE views > published";

export const restoreStore = ({ sql }: ObjectStorage, meta: MetaTable): RestoreStore => ({
  phase() {
    const saved = PHASES.find((phase) => phase === meta.text("restore_phase"));
    return saved ?? (scalar(sql.exec(EVER_USED)) === 1 ? "open" : "asking");
  },
  savePhase(phase) {
    meta.set("restore_phase", phase);
    meta.set("restore_cursor", "");
  },
  cursor: () => meta.text("restore_cursor") ?? "",
  saveCursor: (cursor) => meta.set("restore_cursor", cursor),
  saveHorizon: (horizon) => meta.set("horizon", horizon),
  addRange(index, unreadable, objects, now) {
    for (const { name, hour, events } of objects) sql.exec(ADD_OBJECT, name, hour, events, index);
    sql.exec(ADD_RANGE, index, now, unreadable);
  },
  ranges: () =>
    [...sql.exec("SELECT index_name FROM ranges")].map(({ index_name }) => String(index_name)),
  addTotal({ content, start, restated, views, published, closed, closedThrough, version }) {
    sql.exec(ADD_TOTAL, content, start, restated, views, published, closed, closedThrough, version);
  },
  addCell({ content, hour, counted, version, final }) {
    sql.exec(ADD_EMPTY_TOTAL, content, version);
    const closedThrough = scalar(
      sql.exec("SELECT closed_through FROM totals WHERE content = ?", content),
    );
    if (hour < Number(closedThrough)) return;
    sql.exec(ADD_CELL, content, hour, counted, version, Number(final));
    sql.exec("UPDATE totals SET views = views + ? WHERE content = ?", counted, content);
  },
  closedThrough: () => Number(scalar(sql.exec("SELECT MAX(closed_through) FROM totals")) ?? 0),
  addIncomplete: (hour) => void sql.exec(ADD_INCOMPLETE, hour),
  findIncomplete(from) {
    sql.exec(NOTHING_TO_KEEP);
    sql.exec(HOURS_OF_CELLS_ALONE, from);
    const query = "SELECT hour FROM hours WHERE incomplete = 1 ORDER BY hour";
    return [...sql.exec(query)].map(({ hour }) => Number(hour));
  },
  settle({ position, closedThrough }) {
    sql.exec(DIRTY_HOURS, position, closedThrough);
    sql.exec(CLEAN_INCOMPLETE, position);
    sql.exec(PUBLISH);
    meta.set("closing", closedThrough);
    meta.set("emptied", closedThrough);
    meta.set("checkpoint", position);
  },
  dirty() {
    const query = `SELECT MIN(hour) AS first, MAX(hour) AS last FROM hours
      WHERE dirtied_at > through AND hour >= ?`;
    for (const { first, last } of sql.exec(query, meta.number("closing", 0))) {
      if (first !== null) return { first: Number(first), last: Number(last) };
    }
    return undefined;
  },
});
