import type { Client } from "@planetscale/database";
import { getTableConfig, type MySqlTable } from "drizzle-orm/mysql-core";
import { inBatches, type RowTable, rowTable } from "../sql/row-table.ts";
import { type InsertStatement, insertStatement, quoted } from "./insert-rows.ts";

/** More rows a statement gain little (`npm run bench -- flush`), and lock more at a time. */
export const ROWS_PER_STATEMENT = 1_000;

/**
 * Writes rows that only move forward: of two with one key, that with the larger stamp stays.
 * @returns statements it took
 */
export const forwardUpsert = <Table extends MySqlTable>(
  client: Pick<Client, "execute">,
  into: Table,
  rows: readonly Table["$inferInsert"][],
  rowsPerStatement = ROWS_PER_STATEMENT,
): Promise<number> =>
  inBatches(rows, rowsPerStatement, async (batch) => {
    const { text, values } = upsertStatement(into, batch);
    await client.execute(text, values);
  });

/** Rows in the order of their key. */
export const upsertStatement = <Table extends MySqlTable>(
  into: Table,
  rows: readonly Table["$inferInsert"][],
): InsertStatement => {
  const table = rowTable(into, getTableConfig(into).primaryKeys[0]?.columns ?? []);
  return insertStatement(table, rows, forward(table));
};

/**
 * MySQL evaluates the assignments from left to right and sees the values already assigned: the stamp that guards the
 * others comes last. `VALUES()` instead of a row alias, which MariaDB does not have.
 */
const forward = ({ values }: RowTable): readonly string[] => {
  const guarded = values.map(({ name }) => {
    const [standing, sent] = [quoted(name), `VALUES(${quoted(name)})`];
    return `${standing} = IF(VALUES(\`stamp\`) > \`stamp\`, ${sent}, ${standing})`;
  });
  return [...guarded, "`stamp` = GREATEST(`stamp`, VALUES(`stamp`))"];
};
