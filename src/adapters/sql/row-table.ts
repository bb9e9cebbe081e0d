/** A table as a multi-row upsert sees it, in either dialect. */
import { type Column, getTableColumns, getTableName, type Table } from "drizzle-orm";

export type Row = Readonly<Record<string, unknown>>;

interface RowColumn {
  /** Name of the value in a row, and of the column. */
  readonly field: string;
  readonly name: string;
  encode(value: unknown): unknown;
}

export interface RowTable {
  readonly name: string;
  readonly columns: readonly RowColumn[];
  /** Of the primary key, in its order. */
  readonly keys: readonly RowColumn[];
  /** All others but the stamp. */
  readonly values: readonly RowColumn[];
}

/** @param composite columns of the primary key; empty where one column says so of itself */
export const rowTable = (table: Table, composite: readonly Column[]): RowTable => {
  const columns: (RowColumn & { readonly primary: boolean })[] = Object.entries(
    getTableColumns(table),
  ).map(([field, column]) => ({
    field,
    name: column.name,
    primary: column.primary,
    encode: (value) => (value === null ? null : column.mapToDriverValue(value)),
  }));
  const inKey = new Set(composite.map(({ name }) => name));
  const keys = columns.filter(({ name, primary }) => primary || inKey.has(name));
  const values = columns.filter((column) => !keys.includes(column) && column.name !== "stamp");
  return { name: getTableName(table), columns, keys, values };
};

/** In the order of the primary key: writers that meet then wait for each other instead of locking each other out. */
export const sortRows = (rows: readonly Row[], { keys }: RowTable): readonly Row[] =>
  rows.toSorted((a, b) => {
    for (const { field } of keys) {
      const order = compare(a[field], b[field]);
      if (order !== 0) return order;
    }
    return 0;
  });

const compare = (a: unknown, b: unknown): number => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return `${a}` < `${b}` ? -1 : Number(`${a}` > `${b}`);
};

/** @param select the rows of some ids, in any order @returns those of all */
export const selectInBatches = async <Id, R>(
  ids: readonly Id[],
  size: number,
  select: (batch: Id[]) => Promise<readonly R[]>,
): Promise<readonly R[]> => {
  const found: R[] = [];
  await inBatches(ids, size, async (batch) => {
    found.push(...(await select([...batch])));
  });
  return found;
};

/** @returns statements it took */
export const inBatches = async <R>(
  rows: readonly R[],
  size: number,
  run: (batch: readonly R[]) => Promise<void>,
): Promise<number> => {
  let statements = 0;
  for (let from = 0; from < rows.length; from += size) {
    await run(rows.slice(from, from + size));
    statements += 1;
  }
  return statements;
};
