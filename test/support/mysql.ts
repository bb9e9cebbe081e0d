/** A database of its own for a test, on the MariaDB of the set-up, and a gateway over it. */
import { randomUUID } from "node:crypto";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { inject } from "vitest";
import type { MySqlAddress } from "../../dev/mysql/address.ts";
import {
  type Gateway,
  type GatewayOptions,
  startGateway,
} from "../../dev/planetscale-gateway/gateway.ts";

export interface FreshDatabase {
  readonly address: MySqlAddress;
  drop(): Promise<void>;
}

/** For `describe.skipIf`. */
export const NO_MYSQL = inject("mysqlSocket") === "";

/** @param socketPath of another server than the set-up's */
export const freshDatabase = async (
  socketPath: string = inject("mysqlSocket"),
): Promise<FreshDatabase> => {
  const database = `t_${randomUUID().replaceAll("-", "")}`;
  const root = { socketPath, user: "root" };
  const run = async (sql: string): Promise<void> => {
    const connection = await createConnection(root);
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  };
  await run(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  return {
    address: { ...root, database },
    drop: () => run(`DROP DATABASE ${database}`),
  };
};

/** For who goes on with a schema that took longer to make than its rows; what was migrated stays noted. */
export const deleteRows = async (address: MySqlAddress): Promise<void> => {
  const connection = await createConnection({ ...address });
  try {
    const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES");
    for (const name of tables.flatMap((row) => Object.values(row))) {
      if (name !== "__drizzle_migrations") await connection.query(`DELETE FROM \`${name}\``);
    }
  } finally {
    await connection.end();
  }
};

export interface FreshGateway extends Gateway {
  readonly address: MySqlAddress;
  /** Also drops its database. */
  close(): Promise<void>;
}

export const freshGateway = async (
  options: Partial<Omit<GatewayOptions, "mysql">> = {},
): Promise<FreshGateway> => {
  const { address, drop } = await freshDatabase();
  const gateway = await startGateway({
    ...{ port: 0, user: "tester", password: "pscale_pw_test", mysql: address },
    ...options,
  });
  return {
    ...gateway,
    address,
    close: async () => {
      await gateway.close();
      await drop();
    },
  };
};
