/** A MariaDB of the benchmark's own behind the gateway, with the product's tables. */
import type { MySqlAddress } from "../dev/mysql/address.ts";
import { migrateMySql } from "../dev/mysql/migrate.ts";
import { privateAddress, startPrivate } from "../dev/mysql/private.ts";
import { startGateway } from "../dev/planetscale-gateway/gateway.ts";

export interface PrivateMySql {
  readonly address: MySqlAddress;
  /** As `DATABASE_URL` takes it. */
  readonly url: string;
  stop(): Promise<void>;
}

const PASSWORD = "of-the-benchmark";

export const startPrivateMySql = async (directory: string): Promise<PrivateMySql> => {
  const server = await startPrivate(directory);
  const address = privateAddress(directory);
  try {
    const access = { user: "bench", password: PASSWORD };
    const gateway = await startGateway({ mysql: address, port: 0, ...access });
    await migrateMySql(gateway.url);
    const stop = async (): Promise<void> => {
      await gateway.close();
      await server.stop();
    };
    return { address, url: gateway.url, stop };
  } catch (cause) {
    await server.stop();
    throw cause;
  }
};
