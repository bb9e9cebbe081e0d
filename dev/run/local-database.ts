/** The database of a local service: at hand and up to date before the Worker starts. */
import { Failure, type Flags } from "./flags.ts";
import { applyMigrations } from "./migrations.ts";

export interface LocalDatabase {
  /** What the Worker has to be told. */
  readonly variables: Readonly<Record<string, string>>;
  /** For the person who started it. */
  readonly description: string;
  /** After the Worker's end. */
  stop(): Promise<void>;
}

export interface DatabaseChoice {
  /** As `DATABASE` says it. */
  readonly database: string | undefined;
  /** `mysql://…` gets a gateway in front, `https://…` is PlanetScale or a gateway; without one a private MariaDB is started. */
  readonly url: string | undefined;
  readonly state: string;
}

/** A flag goes over the environment, and that over the files. @param variables of `wrangler.toml` and the secrets file */
export const choiceOf = (
  { state, database }: Pick<Flags, "state" | "database">,
  variables: Readonly<Record<string, string>>,
): DatabaseChoice => ({
  state,
  database: database ?? variables.DATABASE,
  url: process.env.DATABASE_URL ?? variables.DATABASE_URL,
});

/** @throws Failure with what the user has to mend */
export const openLocalDatabase = async (choice: DatabaseChoice): Promise<LocalDatabase> => {
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
const openD1 = async ({ database, state }: DatabaseChoice): Promise<LocalDatabase> => {
  await applyMigrations(state);
  const variables = database === undefined ? {} : { DATABASE: database };
  return { variables, description: "D1", stop: async () => undefined };
};
