import { type SQL, sql } from "drizzle-orm";
import type { AgeingTable, Partition } from "../../core/partitions.ts";
import type { TableChange, UpkeepTables } from "../../ports/database.ts";
import { TIME_COLUMNS } from "../sql/time-columns.ts";
import { isDdlRefusal } from "./explain.ts";
import type { MySqlHandle } from "./handle.ts";

const CATCH_ALL = "pmax";

/** As information_schema says it. */
interface Described {
  readonly name: string;
  readonly below: string;
}

/** Partitions as `migrations/mysql` begins them: by range, with a catch-all at the end. */
export const mysqlUpkeepTables = (db: MySqlHandle): UpkeepTables => {
  /** Another run may have been quicker, or this one's answer may have been lost: `isDone` looks. */
  const change = async (statement: SQL, isDone: () => Promise<boolean>): Promise<TableChange> => {
    try {
      await db.execute(statement);
      return "done";
    } catch (cause) {
      if (await isDone()) return "done";
      if (isDdlRefusal(cause)) return "refused";
      throw cause;
    }
  };
  const read = async (table: AgeingTable): Promise<readonly Partition[]> => {
    const { rows } = await db.$client.execute<Described>(
      `
      SELECT PARTITION_NAME AS name, PARTITION_DESCRIPTION AS below
      FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND PARTITION_NAME IS NOT NULL
      ORDER BY PARTITION_ORDINAL_POSITION`,
      [table],
    );
    return rows.map(asPartition);
  };
  const names = async (table: AgeingTable): Promise<ReadonlySet<string>> =>
    new Set((await read(table)).map(({ name }) => name));

  return {
    async partitions(table) {
      const found = await read(table);
      return found.length === 0 ? undefined : found;
    },

    async addPartitions(table, add) {
      const parts = add.map(
        ({ name, below }) =>
          sql`PARTITION ${sql.identifier(name)} VALUES LESS THAN (${sql.raw(`${below}`)})`,
      );
      const statement = sql`ALTER TABLE ${sql.identifier(table)} REORGANIZE PARTITION ${sql.identifier(CATCH_ALL)} INTO (${sql.join(
        [...parts, sql`PARTITION ${sql.identifier(CATCH_ALL)} VALUES LESS THAN MAXVALUE`],
        sql`, `,
      )})`;
      return change(statement, async () => {
        const there = await names(table);
        return add.every(({ name }) => there.has(name));
      });
    },

    async dropPartition(table, name) {
      const statement = sql`ALTER TABLE ${sql.identifier(table)} DROP PARTITION ${sql.identifier(name)}`;
      return change(statement, async () => !(await names(table)).has(name));
    },

    async deleteBefore(table, below, limit) {
      const column = sql.identifier(TIME_COLUMNS[table]);
      const { rowsAffected } = await db.execute(
        sql`DELETE FROM ${sql.identifier(table)} WHERE ${column} < ${below} LIMIT ${limit}`,
      );
      return rowsAffected;
    },
  };
};

const asPartition = ({ name, below }: Described): Partition => ({
  name,
  below: below === "MAXVALUE" ? undefined : Number(below),
});
