/** Which database a local service has, and what it gets of it. */
import type { Flags } from "./flags.ts";

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
