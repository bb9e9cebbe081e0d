import type { Client } from "@planetscale/database";
import { getTableConfig, type MySqlTable } from "drizzle-orm/mysql-core";
import { inBatches, type Row, type RowTable, rowTable, sortRows } from "../sql/row-table.ts";

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
    await client.execute(upsertText(table, batch.length), argumentsOf(table, batch));
  });
};

/**
 * MySQL evaluates the assignments from left to right and sees the values already assigned: the stamp that guards the
 * others comes last. `VALUES()` instead of a row alias, which MariaDB does not have.
 */
const upsertText = ({ name, columns, values }: RowTable, rows: number): string => {
  const row = `(${columns.map(() => "?").join(", ")})`;
  const guarded = values.map(({ name: column }) => {
    const [standing, sent] = [quoted(column), `VALUES(${quoted(column)})`];
    return `${standing} = IF(VALUES(\`stamp\`) > \`stamp\`, ${sent}, ${standing})`;
  });
  const assignments = [...guarded, "`stamp` = GREATEST(`stamp`, VALUES(`stamp`))"];
  return [
    `INSERT INTO ${quoted(name)} (${columns.map((column) => quoted(column.name)).join(", ")})`,
    `VALUES ${Array.from({ length: rows }, () => row).join(", ")}`,
    `ON DUPLICATE KEY UPDATE ${assignments.join(", ")}`,
  ].join("\n");
};

const argumentsOf = (table: RowTable, batch: readonly Row[]): unknown[] =>
  sortRows(batch, table).flatMap((row) =>
    table.columns.map(({ field, encode }) => encode(row[field] ?? null)),
  );

const quoted = (name: string): string => `\`${name}\``;
