/** A MySQL for a local service: somebody else's, or a private MariaDB, each with what makes it look like PlanetScale. */
import { randomBytes } from "node:crypto";
import { type MySqlAddress, parseMySqlUrl } from "../mysql/address.ts";
import { migrateMySql } from "../mysql/migrate.ts";
import { privateAddress, startPrivate } from "../mysql/private.ts";
import { type Gateway, startGateway } from "../planetscale-gateway/gateway.ts";
import type { DatabaseChoice } from "./database-choice.ts";
import { Failure } from "./flags.ts";
import type { LocalStore } from "./local-store.ts";

const GATEWAY_USER = "headcount";
const PASSWORD_BYTES = 18;

/** @throws Failure, or what came of the server */
export const openMySql = async ({ url, state }: DatabaseChoice): Promise<LocalStore> => {
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
): Promise<LocalStore> => {
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
