/** Which migrations a state's D1 has, read from its file: the runtime that writes it takes a second to start. */
import { DatabaseSync } from "node:sqlite";
import { d1FileIn } from "./state-files.ts";

/** The state has to be locked. @returns nothing when that is not to be found out in this way */
export const readMigrationNotes = (state: string): ReadonlySet<string> => {
  try {
    const database = new DatabaseSync(d1FileIn(state) ?? "", { readOnly: true });
    try {
      const notes = database.prepare("SELECT name FROM d1_migrations").all();
      return new Set(notes.map(({ name }) => `${name}`));
    } finally {
      database.close();
    }
  } catch {
    return new Set();
  }
};
