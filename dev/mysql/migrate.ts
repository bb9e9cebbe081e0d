/** Brings a MySQL to the schema of `migrations/mysql`, over the protocol the app speaks. */
import { resolve } from "node:path";
import { migrate } from "drizzle-orm/planetscale-serverless/migrator";
import { explainMySql } from "../../src/adapters/mysql/explain.ts";
import { mysqlHandle } from "../../src/adapters/mysql/handle.ts";
import { mysqlUpkeepTables } from "../../src/adapters/mysql/upkeep-tables.ts";
import { UPKEEP_STATEMENT_TIMEOUT_MS } from "../../src/core/limits.ts";
import { AGEING_TABLES, planPartitions } from "../../src/core/partitions.ts";

const migrationsFolder = resolve(import.meta.dirname, "../../migrations/mysql");

/**
 * Migrations that were applied before are left out, and every statement may be repeated. Then it makes the partitions
 * of the months and days to come, so that nothing has to wait for the first night.
 * @param url `https://user:password@host`
 * @throws DatabaseError when a statement fails; those before it stay applied
 */
export const migrateMySql = async (url: string): Promise<void> => {
  const db = mysqlHandle(url, UPKEEP_STATEMENT_TIMEOUT_MS);
  try {
    await migrate(db, { migrationsFolder });
    const upkeep = mysqlUpkeepTables(db);
    for (const table of AGEING_TABLES) {
      const partitions = await upkeep.partitions(table);
      const { add } = planPartitions({ table, partitions, now: Date.now() });
      // Refused, the catch-all takes everything in, and upkeep says so every night.
      if (add.length > 0) await upkeep.addPartitions(table, add);
    }
  } catch (cause) {
    throw explainMySql(cause);
  }
};
