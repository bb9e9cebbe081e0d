import type { RankingsStore } from "../../ports/rankings-store.ts";
import { readListedStreams, writeListedStreams } from "./listed-stream-json.ts";
import { type Background, type ObjectStorage, storageAlarm } from "./object-storage.ts";

/** A page that is longer goes on in further rows: SQLite's limit is 2 MB. */
const ROW_CHARS = 1_000_000;

/** Rows of a page: its own number, and so much more for each further one. Pages are below it. */
const STRIDE = 1_024;

const SAVE_ROW = `INSERT INTO pages (page, entries) VALUES (?, ?)
  ON CONFLICT (page) DO UPDATE SET entries = excluded.entries`;

/** A page is a row, sometimes some, of JSON. */
export const rankingsStore = (storage: ObjectStorage, background: Background): RankingsStore => {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS pages (page INTEGER PRIMARY KEY, entries TEXT NOT NULL)");
  return {
    alarm: storageAlarm(storage, background),
    load: () =>
      [...sql.exec("SELECT entries FROM pages")].flatMap(({ entries }) =>
        readListedStreams(`${entries}`),
      ),
    save(pages) {
      storage.transactionSync(() => {
        for (const [page, streams] of pages) {
          let row = page;
          for (const text of writeListedStreams(streams, ROW_CHARS)) {
            sql.exec(SAVE_ROW, row, text);
            row += STRIDE;
          }
          sql.exec("DELETE FROM pages WHERE page >= ? AND page % ? = ?", row, STRIDE, page);
        }
      });
    },
  };
};
