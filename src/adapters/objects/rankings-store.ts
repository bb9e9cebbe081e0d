import type { RankingsStore } from "../../ports/rankings-store.ts";
import type { LiveEntry } from "../../protocol/room-rpc.ts";
import { type Background, type ObjectStorage, storageAlarm } from "./object-storage.ts";

const SAVE_PAGE = `INSERT INTO pages (page, entries) VALUES (?, ?)
  ON CONFLICT (page) DO UPDATE SET entries = excluded.entries`;

/** A page is a row, its entries JSON. */
export const rankingsStore = (storage: ObjectStorage, background: Background): RankingsStore => {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS pages (page INTEGER PRIMARY KEY, entries TEXT NOT NULL)");
  return {
    alarm: storageAlarm(storage, background),
    load: () => [...sql.exec("SELECT entries FROM pages")].flatMap(({ entries }) => read(entries)),
    save(pages) {
      storage.transactionSync(() => {
        for (const [page, entries] of pages) {
          if (entries.length > 0) sql.exec(SAVE_PAGE, page, JSON.stringify(entries));
          else sql.exec("DELETE FROM pages WHERE page = ?", page);
        }
      });
    },
  };
};

/** What another version wrote and this one cannot read, the rooms publish again. */
const read = (entries: unknown): readonly LiveEntry[] => {
  try {
    const parsed: unknown = JSON.parse(`${entries}`);
    return Array.isArray(parsed) ? parsed.filter(isEntry) : [];
  } catch {
    return [];
  }
};

const isEntry = (value: unknown): value is LiveEntry =>
  typeof value === "object" &&
  value !== null &&
  "stream" in value &&
  typeof value.stream === "string" &&
  "stamp" in value &&
  typeof value.stamp === "string" &&
  "asOf" in value &&
  typeof value.asOf === "number";
