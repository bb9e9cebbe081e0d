/** The private MariaDB of a state directory. */
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { MySqlAddress } from "./address.ts";
import { type MariaDb, socketPathOf, startMariaDb } from "./mariadb.ts";
import { settingsFor } from "./settings.ts";

const directoryIn = (state: string): string => join(state, "mysql");

/** Where it is while it runs. */
export const privateAddress = (state: string) =>
  ({
    socketPath: socketPathOf(directoryIn(state)),
    user: "root",
    database: "headcount",
  }) as const satisfies MySqlAddress;

/** With an empty database when it is new. @throws Error with what MariaDB printed, or what to install */
export const startPrivate = async (state: string): Promise<MariaDb> => {
  const machine = { memoryBytes: totalmem(), cores: availableParallelism() };
  const server = await startMariaDb({
    directory: directoryIn(state),
    settings: settingsFor(machine),
  });
  const { database, ...address } = privateAddress(state);
  const connection = await createConnection(address);
  try {
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${database}`);
  } finally {
    await connection.end();
  }
  return server;
};
