import type { ExpiredRange, ExpiryStore } from "../../ports/expiry-store.ts";
import type { ObjectStorage } from "./object-storage.ts";

/** Names of index objects sort by generation and position. */
const OLDEST_RANGES = `SELECT index_name, unreadable, archived_at < ? AND NOT EXISTS (
    SELECT 1 FROM objects WHERE objects.index_name = ranges.index_name
  ) AS spent FROM ranges ORDER BY index_name LIMIT ?`;

export const expiryStore = (sql: ObjectStorage["sql"]): ExpiryStore => ({
  objects: (before, limit) =>
    [
      ...sql.exec(
        "SELECT name FROM objects WHERE hour < ? ORDER BY hour, name LIMIT ?",
        before,
        limit,
      ),
    ].map(({ name }) => String(name)),
  forgetObjects(names) {
    const query = "DELETE FROM objects WHERE name IN (SELECT value FROM json_each(?))";
    sql.exec(query, JSON.stringify(names));
  },
  ranges(before, limit) {
    const spent: ExpiredRange[] = [];
    for (const row of sql.exec(OLDEST_RANGES, before, limit)) {
      if (row.spent !== 1) break;
      const unreadable = row.unreadable === null ? undefined : String(row.unreadable);
      spent.push({ index: String(row.index_name), unreadable });
    }
    return spent;
  },
  forgetRanges(ranges) {
    const query = "DELETE FROM ranges WHERE index_name IN (SELECT value FROM json_each(?))";
    sql.exec(query, JSON.stringify(ranges.map(({ index }) => index)));
  },
});
