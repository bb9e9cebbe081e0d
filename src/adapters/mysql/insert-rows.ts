/** One statement that writes many rows, whatever becomes of those that are there. */
import { type Row, type RowTable, sortRows } from "../sql/row-table.ts";

export interface InsertStatement {
  readonly text: string;
  /** One for each `?`. */
  readonly values: unknown[];
}

/** Rows in the order of their key. @param assignments to a row that is there, in the order they are evaluated in */
export const insertStatement = (
  table: RowTable,
  rows: readonly Row[],
  assignments: readonly string[],
): InsertStatement => {
  const { name, columns } = table;
  const row = `(${columns.map(() => "?").join(", ")})`;
  const text = [
    `INSERT INTO ${quoted(name)} (${columns.map((column) => quoted(column.name)).join(", ")})`,
    `VALUES ${Array.from({ length: rows.length }, () => row).join(", ")}`,
    `ON DUPLICATE KEY UPDATE ${assignments.join(", ")}`,
  ].join("\n");
  const values = sortRows(rows, table).flatMap((sorted) =>
    columns.map(({ field, encode }) => encode(sorted[field] ?? null)),
  );
  return { text, values };
};

export const quoted = (name: string): string => `\`${name}\``;
