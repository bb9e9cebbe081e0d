/** The database of a local service: at hand and up to date before the Worker starts. */
import type { DatabaseChoice } from "./database-choice.ts";
import { Failure } from "./flags.ts";
import type { LocalStore } from "./local-store.ts";
import { applyMigrations } from "./migrations.ts";

/** @throws Failure with what the user has to mend */
export const openLocalDatabase = async (choice: DatabaseChoice): Promise<LocalStore> => {
  if (choice.database !== "mysql") return openD1(choice);
  try {
    // Read where it is wanted: its packages take a second.
    const { openMySql } = await import("./local-mysql.ts");
    return await openMySql(choice);
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure(`The database is not ready: ${cause}`);
  }
};

/** What is no known choice is left to the Worker to refuse. */
const openD1 = async ({ database, state }: DatabaseChoice): Promise<LocalStore> => {
  await applyMigrations(state);
  const variables = database === undefined ? {} : { DATABASE: database };
  return { variables, description: "D1", stop: async () => undefined };
};
