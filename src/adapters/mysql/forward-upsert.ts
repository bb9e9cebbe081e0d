import type { Client } from "@planetscale/database";
import { getTableConfig, type MySqlTable } from "drizzle-orm/mysql-core";
import { inBatches, type RowTable, rowTable, sortRows } from "../sql/row-table.ts";

/** More rows a statement gain little (`npm run bench -- flush`), and lock more at a time. */
const ROWS_PER_STATEMENT = 1_000;

/**
 * Writes rows that only move forward: of two with one key, that with the larger stamp stays.
 * @returns statements it took
 */
export const forwardUpsert = <Table extends MySqlTable>(
  client: Client,
  into: Table,
  rows: readonly Table["$inferInsert"][],
  rowsPerStatement = ROWS_PER_STATEMENT,
): Promise<number> =>
  inBatches(rows, rowsPerStatement, async (batch) => {
    const { text, values } = upsertStatement(into, batch);
    await client.execute(text, values);
  });

export interface UpsertStatement {
  readonly text: string;
  /** One for each `?`. */
  readonly values: unknown[];
}

/** Rows in the order of their key. */
export const upsertStatement = <Table extends MySqlTable>(
  into: Table,
  rows: readonly Table["$inferInsert"][],
): UpsertStatement => {
  const table = rowTable(into, getTableConfig(into).primaryKeys[0]?.columns ?? []);
  const values = sortRows(rows, table).flatMap((row) =>
    table.columns.map(({ field, encode }) => encode(row[field] ?? null)),
  );
  return { text: upsertText(table, rows.length), values };
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

const quoted = (name: string): string => `\`${name}\``;
