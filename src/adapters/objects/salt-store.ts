import type { SaltStore } from "../../ports/salt-store.ts";
import {
  asBytes,
  type Background,
  type ObjectStorage,
  scalar,
  storageAlarm,
} from "./object-storage.ts";

export const saltStore = (storage: ObjectStorage, background: Background): SaltStore => {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS salts (start_ms INTEGER PRIMARY KEY, salt BLOB NOT NULL)");
  return {
    alarm: storageAlarm(storage, background),
    read(startMs) {
      const salt = scalar(sql.exec("SELECT salt FROM salts WHERE start_ms = ?", startMs));
      return salt === undefined ? undefined : asBytes(salt);
    },
    write(startMs, salt) {
      sql.exec("INSERT OR IGNORE INTO salts (start_ms, salt) VALUES (?, ?)", startMs, salt);
    },
    deleteThrough(startMs) {
      // SQLite leaves the bytes of a deleted row where they were; those of one that is overwritten are gone.
      sql.exec("UPDATE salts SET salt = zeroblob(length(salt)) WHERE start_ms <= ?", startMs);
      sql.exec("DELETE FROM salts WHERE start_ms <= ?", startMs);
    },
  };
};
