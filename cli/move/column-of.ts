import { type Column, getTableColumns, type Table } from "drizzle-orm";

/** The column behind a property. @throws Error when there is none */
export const columnOf = (table: Table, field: string): Column => {
  const column = getTableColumns(table)[field];
  if (column === undefined) throw new Error(`there is no column of ${field}`);
  return column;
};
