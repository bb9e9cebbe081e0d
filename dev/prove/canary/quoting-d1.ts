/** A D1 that quotes what it refuses: no gateway is in front of it, so that it has to be told beforehand. */
import { DatabaseSync } from "node:sqlite";
import { applyMigrations } from "../../run/migrations.ts";
import { d1FileIn } from "../../run/state-files.ts";

/** @param state of a service that is not started yet */
export const makeD1Quote = async (state: string): Promise<void> => {
  await applyMigrations(state);
  const database = new DatabaseSync(d1FileIn(state) ?? "");
  database.exec(`
    CREATE TRIGGER quoting BEFORE INSERT ON contents WHEN NEW.title LIKE 'Broken%'
    BEGIN SELECT RAISE(ABORT, 'not ' || NEW.title); END`);
  database.close();
};
