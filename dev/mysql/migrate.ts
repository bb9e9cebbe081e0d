/** Brings a MySQL to the schema of `migrations/mysql`, over the protocol the app speaks. */
import { resolve } from "node:path";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { explainMySql, isAlreadyThere } from "../../src/adapters/mysql/explain.ts";
import { type MySqlHandle, mysqlHandle } from "../../src/adapters/mysql/handle.ts";
import { mysqlUpkeepTables } from "../../src/adapters/mysql/upkeep-tables.ts";
import { UPKEEP_STATEMENT_TIMEOUT_MS } from "../../src/core/limits.ts";
import { AGEING_TABLES, planPartitions } from "../../src/core/partitions.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations/mysql");

/** Drizzle's, with its columns: what its own migrator noted stands, and it may go on from here. */
const NOTES = sql.identifier("__drizzle_migrations");

/**
 * Migrations that were applied before are left out, and every statement may be repeated. Then it makes the partitions
 * of the months and days to come, so that nothing has to wait for the first night.
 * @param url `https://user:password@host`
 * @param migrationsFolder of other migrations than all there are
 * @throws DatabaseError when a statement fails; those before it stay applied
 */
export const migrateMySql = async (url: string, migrationsFolder = MIGRATIONS): Promise<void> => {
  const db = mysqlHandle(url, UPKEEP_STATEMENT_TIMEOUT_MS);
  try {
    await applyMigrations(db, migrationsFolder);
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

/**
 * Drizzle's own migrator holds one transaction around all of it, which MySQL ends at the first change of a table: what
 * is cut off between a statement and its note is sent again. A column cannot be added `IF NOT EXISTS` in MySQL, so
 * that one which is there is taken for done; a statement adds one thing at a time.
 */
const applyMigrations = async (db: MySqlHandle, migrationsFolder: string): Promise<void> => {
  await db.execute(sql`
    CREATE TABLE IF NOT EXISTS ${NOTES} (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)`);
  const [last] = (
    await db.$client.execute<{ readonly at: string | null }>(
      "SELECT MAX(created_at) AS at FROM `__drizzle_migrations`",
    )
  ).rows;
  const appliedThrough = Number(last?.at ?? 0);
  for (const migration of readMigrationFiles({ migrationsFolder })) {
    if (migration.folderMillis <= appliedThrough) continue;
    for (const statement of migration.sql) await applyOnce(db, statement);
    await db.execute(
      sql`INSERT INTO ${NOTES} (hash, created_at) VALUES (${migration.hash}, ${migration.folderMillis})`,
    );
  }
};

const applyOnce = async (db: MySqlHandle, statement: string): Promise<void> => {
  try {
    await db.execute(sql.raw(statement));
  } catch (cause) {
    if (!isAlreadyThere(cause)) throw cause;
  }
};
