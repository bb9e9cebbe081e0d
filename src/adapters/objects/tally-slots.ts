import type { ContentId } from "../../core/ids.ts";
import type { SlotRow, SlotStore } from "../../ports/slot-store.ts";
import type { MetaTable } from "./meta-table.ts";
import { type ObjectStorage, type SqlRow, scalar } from "./object-storage.ts";

/** In the order in which rows grow old. */
const TABLE = `CREATE TABLE IF NOT EXISTS slots (
  slot INTEGER NOT NULL,
  content TEXT NOT NULL,
  counted INTEGER NOT NULL,
  PRIMARY KEY (slot, content)
) WITHOUT ROWID`;

const ADD = `INSERT INTO slots (slot, content, counted) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET counted = counted + excluded.counted`;

const LOAD = `SELECT slot, content, counted FROM slots WHERE slot >= ?1 AND content IN (
    SELECT content FROM slots WHERE slot >= ?1
    GROUP BY content ORDER BY SUM(counted) DESC, content LIMIT ?2
  ) ORDER BY slot`;

/** A look for each slot: there are few, and contents in each of them many. */
const OF_CONTENT = `WITH RECURSIVE wanted (slot) AS (
    SELECT ?2 UNION ALL SELECT slot + 1 FROM wanted WHERE slot < ?3
  )
  SELECT slots.slot, content, counted FROM wanted JOIN slots ON slots.slot = wanted.slot AND content = ?1`;

export const slotStore = (sql: ObjectStorage["sql"], meta: MetaTable): SlotStore => {
  sql.exec(TABLE);
  return {
    add(rows) {
      for (const { slot, content, counted } of rows) sql.exec(ADD, slot, content, counted);
    },
    newest() {
      const slot = scalar(sql.exec("SELECT MAX(slot) FROM slots"));
      return typeof slot === "number" ? slot : undefined;
    },
    *load(from, contents) {
      for (const row of sql.exec(LOAD, from, contents)) yield readRow(row);
    },
    *of(content, from, to) {
      for (const row of sql.exec(OF_CONTENT, content, from, to)) yield readRow(row);
    },
    deleteBefore: (slot) => void sql.exec("DELETE FROM slots WHERE slot < ?", slot),
    told: () => ({
      version: meta.number("slots_version", 0),
      slot: meta.number("slots_told", 0),
    }),
    saveTold({ version, slot }) {
      meta.set("slots_version", version);
      meta.set("slots_told", slot);
    },
  };
};

const readRow = ({ slot, content, counted }: SqlRow): SlotRow => ({
  slot: Number(slot),
  content: content as ContentId,
  counted: Number(counted),
});
