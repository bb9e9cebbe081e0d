import type { Client } from "@planetscale/database";
import { getTableConfig, type MySqlTable } from "drizzle-orm/mysql-core";
import { inBatches, type RowTable, rowTable } from "../sql/row-table.ts";
import { insertRows, quoted } from "./insert-rows.ts";

/** More rows a statement gain nothing (`npm run bench -- flush`), and lock more at a time. */
const ROWS_PER_STATEMENT = 1_000;

/**
 * Writes rows that only move forward: of two with one key, that with the larger stamp stays.
 * @returns statements it took
 */
export const forwardUpsert = <Table extends MySqlTable>(
  client: Client,
  into: Table,
  rows: readonly Table["$inferInsert"][],
): Promise<number> => {
  const table = rowTable(into, getTableConfig(into).primaryKeys[0]?.columns ?? []);
  return inBatches(rows, ROWS_PER_STATEMENT, async (batch) => {
    await insertRows(client, table, batch, forward(table));
  });
};

/**
 * MySQL evaluates the assignments from left to right and sees the values already assigned: the stamp that guards the
 * others comes last. `VALUES()` instead of a row alias, which MariaDB does not have.
 */
const forward = ({ values }: RowTable): readonly string[] => {
  const guarded = values.map(({ name: column }) => {
    const [standing, sent] = [quoted(column), `VALUES(${quoted(column)})`];
    return `${standing} = IF(VALUES(\`stamp\`) > \`stamp\`, ${sent}, ${standing})`;
  });
  return [...guarded, "`stamp` = GREATEST(`stamp`, VALUES(`stamp`))"];
};
