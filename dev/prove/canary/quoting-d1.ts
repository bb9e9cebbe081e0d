/** A D1 that quotes what it refuses: no gateway is in front of it, so that it has to be told beforehand. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { applyMigrations } from "../../run/migrations.ts";
import { STATE_FORMAT } from "../../run/runner.ts";

/** @param state of a service that is not started yet */
export const makeD1Quote = async (state: string): Promise<void> => {
  await applyMigrations(state);
  const directory = join(state, STATE_FORMAT, "d1", "miniflare-D1DatabaseObject");
  for (const name of readdirSync(directory)) {
    if (!name.endsWith(".sqlite") || name === "metadata.sqlite") continue;
    const database = new DatabaseSync(join(directory, name));
    database.exec(`
      CREATE TRIGGER quoting BEFORE INSERT ON contents WHEN NEW.title LIKE 'Broken%'
      BEGIN SELECT RAISE(ABORT, 'not ' || NEW.title); END`);
    database.close();
  }
};
