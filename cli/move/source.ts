/** D1 as the move reads it: in pages, by primary key. */
import { asc, count, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";
import { Failure } from "../../dev/run/flags.ts";
import { explainD1 } from "../../src/adapters/d1/explain.ts";
import type { Row } from "../../src/adapters/sql/row-table.ts";
import { columnOf } from "./column-of.ts";
import { type Key, MOVE_TABLES, type MoveTable } from "./tables.ts";

/** In both it is Drizzle: over a binding, or over a file. */
export type SourceDatabase = BaseSQLiteDatabase<"async", unknown>;

export interface Source {
  /** Which it is; a bookmark is good for it alone. */
  readonly identity: string;
  readonly description: string;
  count(table: MoveTable): Promise<number>;
  /** In the order of the primary key. @param after the key of the row before; `undefined`: from the start */
  page(table: MoveTable, after: Key | undefined): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export interface SourceParts {
  readonly identity: string;
  readonly description: string;
  readonly db: SourceDatabase;
  readonly close: () => Promise<void>;
}

/** @throws Failure when it has not the schema of this version */
export const openSource = async ({ db, close, ...names }: SourceParts): Promise<Source> => {
  const page = (table: MoveTable, after: Key | undefined, limit: number) =>
    db
      .select()
      .from(table.d1)
      .where(after === undefined ? undefined : isAfter(table, after))
      .orderBy(...table.keys.map((key) => asc(columnOf(table.d1, key))))
      .limit(limit);
  const lacking = await lackingIn(db, names.description);
  if (lacking.length > 0) {
    await close();
    throw new Failure(
      `${names.description} has not the schema of this version (${lacking.join(", ")} is missing). Apply migrations/d1 to it: npm start does to a local one, "npx wrangler d1 migrations apply headcount --remote" to a deployed one`,
    );
  }
  return {
    ...names,
    close,
    async count({ d1 }) {
      const [row] = await readable(names.description, db.select({ rows: count() }).from(d1));
      return row?.rows ?? 0;
    },
    page: (table, after) => readable(names.description, page(table, after, table.pageRows)),
  };
};

/** Asked for by name: what SQLite finds no column of that name for, it takes for a text. */
const lackingIn = async (db: SourceDatabase, description: string): Promise<readonly string[]> => {
  const lacking: string[] = [];
  for (const { name, d1 } of MOVE_TABLES) {
    const asked = db.values<[string]>(sql`SELECT name FROM pragma_table_info(${name})`);
    const known = new Set((await readable(description, asked)).map(([column]) => column));
    for (const { name: column } of Object.values(getTableColumns(d1))) {
      if (!known.has(column)) lacking.push(`${name}.${column}`);
    }
  }
  return lacking;
};

const readable = async <Answer>(
  description: string,
  reading: PromiseLike<Answer>,
): Promise<Answer> => {
  try {
    return await reading;
  } catch (cause) {
    throw new Failure(`${description} cannot be read: ${explainD1(cause).message}`, { cause });
  }
};

/** SQLite walks a comparison of rows along the primary key. */
const isAfter = ({ d1, keys }: MoveTable, after: Key): SQL => {
  const columns = keys.map((key) => sql`${columnOf(d1, key)}`);
  const values = after.map((value) => sql`${value}`);
  return sql`(${sql.join(columns, sql`, `)}) > (${sql.join(values, sql`, `)})`;
};
