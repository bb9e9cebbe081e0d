/** States with a local D1, and what stands in them and in MySQL, read without the code under test. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import { createConnection } from "mysql2/promise";
import { MOVE_TABLES, type MoveTable } from "../../../cli/move/tables.ts";
import type { MySqlAddress } from "../../../dev/mysql/address.ts";
import type { Row } from "../../../src/adapters/sql/row-table.ts";
import { begunState } from "../../support/begun-state.ts";

const states: string[] = [];

/** After the last test of a file. */
export const removeStates = (): void => {
  for (const state of states.splice(0)) {
    rmSync(state, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
};

/** A state whose D1 has the schema and no rows. */
export const freshState = async (): Promise<string> => {
  const state = await begunState("headcount-cli");
  states.push(state);
  return state;
};

const OBJECTS = "v3/d1/miniflare-D1DatabaseObject";

const openFile = (state: string): DatabaseSync => {
  const directory = join(state, OBJECTS);
  const [file = ""] = readdirSync(directory).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  return new DatabaseSync(join(directory, file), { enableForeignKeyConstraints: false });
};

/** SQLite takes some 32,000 values with a statement. */
const ROWS_A_STATEMENT = 500;

/** With nobody else in it. */
export const fillD1 = async (
  state: string,
  tables: readonly { readonly table: MoveTable; readonly rows: readonly Row[] }[],
): Promise<void> => {
  const database = openFile(state);
  const db = drizzle(async (sql, params) => {
    database.prepare(sql).run(...params);
    return { rows: [] };
  });
  database.exec("BEGIN");
  for (const { table, rows } of tables) {
    for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
      await db.insert(table.d1).values(rows.slice(from, from + ROWS_A_STATEMENT));
    }
  }
  database.exec("COMMIT");
  database.close();
};

export const runOnD1 = (state: string, sql: string): void => {
  const database = openFile(state);
  database.exec(sql);
  database.close();
};

/** By table: its rows as they are stored, in the order of their bytes. */
export type Contents = Readonly<Record<string, readonly string[]>>;

export const contentsOfD1 = (state: string): Contents => {
  const database = openFile(state);
  const contents = MOVE_TABLES.map(({ name }) => {
    const rows = database.prepare(`SELECT * FROM ${name}`).all();
    return [name, sortedTexts(rows)];
  });
  database.close();
  return Object.fromEntries(contents);
};

export const contentsOfMySql = async (address: MySqlAddress): Promise<Contents> => {
  const contents: Record<string, readonly string[]> = {};
  for (const { name } of MOVE_TABLES) {
    contents[name] = sortedTexts(await runOnMySql(address, `SELECT * FROM \`${name}\``));
  }
  return contents;
};

export const runOnMySql = async (
  address: MySqlAddress,
  sql: string,
): Promise<readonly object[]> => {
  const connection = await createConnection({ ...address, charset: "utf8mb4" });
  try {
    const [rows] = await connection.query(sql);
    return Array.isArray(rows) ? (rows as readonly object[]) : [];
  } finally {
    await connection.end();
  }
};

const sortedTexts = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted();
