/** Brings the local database to the schema of `migrations/d1`, as `wrangler d1 migrations apply` does a deployed one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, ROOT } from "./flags.ts";
import type { LocalD1 } from "./local-d1.ts";
import { readMigrationNotes } from "./migration-notes.ts";
import { loadWrangler } from "./wrangler-file.ts";

const MIGRATIONS = join(ROOT, "migrations/d1");

/** The table in which wrangler notes what it has applied, so that either goes on from where the other was. */
const MAKE_NOTES = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Not by wrangler itself, whose start takes seconds, and without a runtime where there is nothing to apply. The state
 * has to be locked.
 * @throws Failure when a migration fails; those before it stay applied, and nothing of it does
 */
export const applyMigrations = async (state: string, directory = MIGRATIONS): Promise<void> => {
  const names = namesIn(directory);
  const noted = readMigrationNotes(state);
  if (names.every((name) => noted.has(name))) return;
  // Before the runtime is there: nothing else is done while wrangler loads, and a connection to the runtime would wait.
  const { unstable_splitSqlQuery: split } = loadWrangler();
  const { openD1Of } = await import("./local-d1.ts");
  const { database, close } = await openD1Of(state);
  try {
    await database.prepare(MAKE_NOTES).run();
    const notes = await database.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
    const applied = new Set(notes.results.map(({ name }) => name));
    for (const name of names) {
      if (applied.has(name)) continue;
      await apply(database, name, split(readFileSync(join(directory, name), "utf8")));
    }
  } catch (cause) {
    throw new Failure(`The database could not be brought up to date\n${cause}`, { cause });
  } finally {
    await close();
  }
};

const namesIn = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();

/** With its note, in one transaction. */
const apply = async (
  database: LocalD1,
  name: string,
  statements: readonly string[],
): Promise<void> => {
  const note = database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name);
  await database.batch([...statements.map((sql) => database.prepare(sql)), note]);
};
