import { MOVE_TABLES, type MoveTable } from "../../../cli/move/tables.ts";
import type { Row } from "../../../src/adapters/sql/row-table.ts";
import { oddRow } from "./odd-rows.ts";

/** @throws Error when there is none of this name */
export const tableNamed = (wanted: string): MoveTable => {
  const table = MOVE_TABLES.find(({ name }) => name === wanted);
  if (table === undefined) throw new Error(`there is no table ${wanted}`);
  return table;
};

/** `count` rows of each table, or of those named. */
export const oddRows = (count: number, tables: readonly MoveTable[] = MOVE_TABLES) =>
  tables.map((table) => ({
    table,
    rows: Array.from({ length: count }, (_, n): Row => oddRow(table, n)),
  }));

export const MOVE_TABLES_BUT_HOURLY = MOVE_TABLES.filter(({ name }) => name !== "view_hourly");
