/** MySQL as the move writes and reads it. */
import { and, asc, eq, gt, or, type SQL, sql } from "drizzle-orm";
import { type MySqlHandle, mysqlHandle } from "../../src/adapters/mysql/handle.ts";
import type { Row } from "../../src/adapters/sql/row-table.ts";
import { DatabaseError } from "../../src/ports/database.ts";
import { columnOf } from "./column-of.ts";
import { retrying } from "./retrying.ts";
import { type Key, keyOf, type MoveTable } from "./tables.ts";
import { upsert } from "./upsert.ts";

export interface Target {
  /** @throws RefusedRow when one of them does not fit */
  write(table: MoveTable, rows: readonly Row[]): Promise<void>;
  /** In the order of the primary key. */
  page(table: MoveTable, after: Key | undefined): Promise<readonly Row[]>;
  /** The rows of these keys that are there, in any order. */
  rowsOf(table: MoveTable, keys: readonly Key[]): Promise<readonly Row[]>;
}

/** A row that the target takes in no way. */
export class RefusedRow extends Error {
  constructor({ name }: MoveTable, key: Key, { message }: DatabaseError) {
    super(`${name} ${JSON.stringify(key)} is refused by the target: ${message}`);
    this.name = "RefusedRow";
  }
}

/** @param url `https://user:password@host`, with the schema of this version. @param signal ends waiting for a try */
export const openTarget = (url: string, signal: AbortSignal): Target => {
  const db = mysqlHandle(url);
  return {
    async write(table, rows) {
      try {
        await retrying(() => upsert(db, table, rows), signal);
      } catch (cause) {
        if (!(cause instanceof DatabaseError) || cause.transient) throw cause;
        await writeSingly(db, table, rows, signal);
      }
    },

    page: ({ mysql, keys, pageRows }, after) =>
      retrying(
        () =>
          db
            .select()
            .from(mysql)
            .where(after === undefined ? undefined : isAfter({ mysql, keys }, after))
            .orderBy(...keys.map((key) => asc(columnOf(mysql, key))))
            .limit(pageRows),
        signal,
      ),

    rowsOf: ({ mysql, keys }, wanted) => {
      const columns = sql.join(
        keys.map((key) => sql`${columnOf(mysql, key)}`),
        sql`, `,
      );
      const values = wanted.map(
        (key) =>
          sql`(${sql.join(
            key.map((value) => sql`${value}`),
            sql`, `,
          )})`,
      );
      const isOneOf = sql`(${columns}) IN (${sql.join(values, sql`, `)})`;
      return retrying(() => db.select().from(mysql).where(isOneOf), signal);
    },
  };
};

/** Finds out which row it is that makes a statement fail. */
const writeSingly = async (
  db: MySqlHandle,
  table: MoveTable,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<void> => {
  for (const row of rows) {
    try {
      await retrying(() => upsert(db, table, [row]), signal);
    } catch (cause) {
      if (!(cause instanceof DatabaseError) || cause.transient) throw cause;
      throw new RefusedRow(table, keyOf(table, row), cause);
    }
  }
};

/** Spelled out, since MySQL reads the whole table to compare rows as `(a, b) > (1, 2)` does. */
const isAfter = ({ mysql, keys }: Pick<MoveTable, "mysql" | "keys">, after: Key): SQL | undefined =>
  or(
    ...keys.map((key, depth) => {
      const same = keys.slice(0, depth).map((k, i) => eq(columnOf(mysql, k), after[i]));
      return and(...same, gt(columnOf(mysql, key), after[depth]));
    }),
  );
