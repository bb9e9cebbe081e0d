/** The database of a local service: at hand and up to date before the Worker starts. */
import { randomBytes } from "node:crypto";
import { type MySqlAddress, parseMySqlUrl } from "../mysql/address.ts";
import { migrateMySql } from "../mysql/migrate.ts";
import { privateAddress, startPrivate } from "../mysql/private.ts";
import { type Gateway, startGateway } from "../planetscale-gateway/gateway.ts";
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

const GATEWAY_USER = "headcount";
const PASSWORD_BYTES = 18;

/** @throws Failure with what the user has to mend */
export const openLocalDatabase = async (choice: DatabaseChoice): Promise<LocalDatabase> => {
  if (choice.database !== "mysql") return openD1(choice);
  try {
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

const openMySql = async ({ url, state }: DatabaseChoice): Promise<LocalDatabase> => {
  if (url !== undefined && /^https?:/.test(url)) {
    return await migrated(url, new URL(url).origin, async () => undefined);
  }
  if (url !== undefined) {
    const address = parseMySqlUrl(url);
    if (address === undefined) {
      throw new Failure(
        "DATABASE_URL is mysql://user:password@host:port/database or https://user:password@host",
      );
    }
    const gateway = await gatewayTo(address);
    return await migrated(gateway.url, `MySQL at ${address.host}`, gateway.close);
  }
  const server = await startPrivate(state);
  const gateway = await gatewayTo(privateAddress(state));
  return await migrated(gateway.url, `MariaDB at ${server.socketPath}`, async () => {
    await gateway.close();
    await server.stop();
  });
};

const migrated = async (
  url: string,
  description: string,
  stop: () => Promise<void>,
): Promise<LocalDatabase> => {
  await migrateMySql(url);
  return { variables: { DATABASE: "mysql", DATABASE_URL: url }, description, stop };
};

/** Its password lives as long as it does, and nobody has to know it. */
const gatewayTo = (mysql: MySqlAddress): Promise<Gateway> =>
  startGateway({
    mysql,
    port: 0,
    user: GATEWAY_USER,
    password: randomBytes(PASSWORD_BYTES).toString("base64url"),
  });
