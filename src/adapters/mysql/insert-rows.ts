/** One statement that writes many rows, whatever becomes of those that are there. */
import type { Client } from "@planetscale/database";
import { type Row, type RowTable, sortRows } from "../sql/row-table.ts";

/** @param assignments to a row with the same key, in the order they are evaluated in */
export const insertRows = async (
  client: Client,
  table: RowTable,
  rows: readonly Row[],
  assignments: readonly string[],
): Promise<void> => {
  const { name, columns } = table;
  const row = `(${columns.map(() => "?").join(", ")})`;
  const text = [
    `INSERT INTO ${quoted(name)} (${columns.map((column) => quoted(column.name)).join(", ")})`,
    `VALUES ${Array.from({ length: rows.length }, () => row).join(", ")}`,
    `ON DUPLICATE KEY UPDATE ${assignments.join(", ")}`,
  ].join("\n");
  await client.execute(text, argumentsOf(table, rows));
};

const argumentsOf = (table: RowTable, rows: readonly Row[]): unknown[] =>
  sortRows(rows, table).flatMap((row) =>
    table.columns.map(({ field, encode }) => encode(row[field] ?? null)),
  );

export const quoted = (name: string): string => `\`${name}\``;
