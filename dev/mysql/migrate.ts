/** Brings a MySQL to the schema of `migrations/mysql`, over the protocol the app speaks. */
import { resolve } from "node:path";
import { migrate } from "drizzle-orm/planetscale-serverless/migrator";
import { explainMySql } from "../../src/adapters/mysql/explain.ts";
import { mysqlHandle } from "../../src/adapters/mysql/handle.ts";

const migrationsFolder = resolve(import.meta.dirname, "../../migrations/mysql");

/**
 * Those that were applied before are left out; every statement may be repeated.
 * @param url `https://user:password@host`
 * @throws DatabaseError when one fails; those before it stay applied
 */
export const migrateMySql = async (url: string): Promise<void> => {
  try {
    await migrate(mysqlHandle(url), { migrationsFolder });
  } catch (cause) {
    throw explainMySql(cause);
  }
};
