import { type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { inBatches, rowTable, sortRows } from "../sql/row-table.ts";

/** A JSON parameter of some 100 KB, well below D1's 2 MB. */
export const ROWS_PER_STATEMENT = 1_000;

/**
 * Writes rows that only move forward: of two with one key, that with the larger stamp stays. D1 takes 100 bound
 * parameters a statement, so rows travel as one JSON parameter.
 * @returns statements it took
 */
export const forwardUpsert = <Table extends SQLiteTable>(
  db: DrizzleD1Database,
  into: Table,
  rows: readonly Table["$inferInsert"][],
): Promise<number> =>
  inBatches(rows, ROWS_PER_STATEMENT, async (batch) => {
    await db.run(upsertStatement(into, batch));
  });

/** @param rows at most `ROWS_PER_STATEMENT` */
export const upsertStatement = <Table extends SQLiteTable>(
  into: Table,
  rows: readonly Table["$inferInsert"][],
): SQL => {
  const table = rowTable(into, getTableConfig(into).primaryKeys[0]?.columns ?? []);
  const { name, columns, keys, values } = table;
  const list = (names: readonly { readonly name: string }[], text: (name: string) => string) =>
    sql.raw(names.map((column) => text(column.name)).join(", "));
  const json = JSON.stringify(
    sortRows(rows, table).map((row) =>
      columns.map(({ field, encode }) => encode(row[field] ?? null)),
    ),
  );
  return sql`
    INSERT INTO ${into} (${list(columns, quoted)})
    SELECT ${sql.raw(columns.map((_, index) => `value ->> ${index}`).join(", "))}
    FROM json_each(${json}) WHERE true
    ON CONFLICT (${list(keys, quoted)}) DO UPDATE
    SET ${list([...values, { name: "stamp" }], (column) => `${quoted(column)} = excluded.${quoted(column)}`)}
    WHERE excluded.stamp > ${sql.raw(quoted(name))}.stamp`;
};

const quoted = (name: string): string => `"${name}"`;
