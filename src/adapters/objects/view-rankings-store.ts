import type { ViewRankingsStore } from "../../ports/view-rankings-store.ts";
import { type Background, type ObjectStorage, storageAlarm } from "./object-storage.ts";
import { readPeriod, readSlots, writePeriod, writeSlots } from "./view-rankings-json.ts";

/** A text that is longer goes on in further rows: SQLite's limit is 2 MB, and there may be any number of categories. */
const ROW_CHARS = 1_000_000;

type Table = "shards" | "periods";

/** One text of JSON a shard, and one a window. */
export const viewRankingsStore = (
  storage: ObjectStorage,
  background: Background,
): ViewRankingsStore => {
  const { sql } = storage;
  for (const table of ["shards", "periods"] satisfies Table[]) {
    sql.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (name, part INTEGER, text TEXT NOT NULL,
        PRIMARY KEY (name, part))`,
    );
  }

  const load = (table: Table): readonly string[] => {
    const texts = new Map<unknown, string>();
    for (const { name, text } of sql.exec(`SELECT name, text FROM ${table} ORDER BY name, part`)) {
      texts.set(name, `${texts.get(name) ?? ""}${text}`);
    }
    return [...texts.values()];
  };

  const save = (table: Table, name: string | number, text: string): void => {
    sql.exec(`DELETE FROM ${table} WHERE name = ?`, name);
    for (let part = 0; part * ROW_CHARS < text.length; part += 1) {
      const piece = text.slice(part * ROW_CHARS, (part + 1) * ROW_CHARS);
      sql.exec(`INSERT INTO ${table} (name, part, text) VALUES (?, ?, ?)`, name, part, piece);
    }
  };

  return {
    alarm: storageAlarm(storage, background),
    loadSlots: () => load("shards").flatMap((text) => readSlots(text) ?? []),
    loadPeriods: () => load("periods").flatMap((text) => readPeriod(text) ?? []),
    saveSlots: (parts) =>
      storage.transactionSync(() => {
        for (const part of parts) save("shards", part.shard, writeSlots(part));
      }),
    savePeriods: (rankings) =>
      storage.transactionSync(() => {
        for (const ranking of rankings) save("periods", ranking.window, writePeriod(ranking));
      }),
  };
};
