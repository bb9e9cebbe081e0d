/** All there is: objects by class, rows by table, keys of Redis, and where a word is written in any file. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createConnection } from "mysql2/promise";
import type { MySqlAddress } from "../../mysql/address.ts";
import type { SafetyService } from "../safety/service.ts";

export type Inventory = ReadonlyMap<string, number>;

const OBJECTS = "v3/do";
const D1 = "v3/d1";
/** Of the simulator: no object of ours. */
const METADATA = "metadata.sqlite";

export const takeInventory = async ({ state, stores }: SafetyService): Promise<Inventory> => {
  const all = new Map<string, number>();
  for (const [name, objects] of objectsIn(join(state, OBJECTS)))
    all.set(`objects ${name}`, objects);
  const rows = stores === undefined ? rowsOfD1(join(state, D1)) : await rowsOfMySql(stores.mysql);
  for (const [table, count] of rows) all.set(`rows ${table}`, count);
  const keys = await stores?.withRedis((send) => send("DBSIZE"));
  if (keys !== undefined) all.set("keys of Redis", Number(keys));
  return all;
};

const objectsIn = (directory: string): readonly (readonly [string, number])[] =>
  readdirSync(directory).map((name) => {
    const files = readdirSync(join(directory, name));
    const objects = files.filter((file) => file.endsWith(".sqlite") && file !== METADATA);
    return [name.replace(/^headcount-/, ""), objects.length] as const;
  });

const rowsOfD1 = (directory: string): readonly (readonly [string, number])[] => {
  const file = filesIn(directory).find(
    (path) => path.endsWith(".sqlite") && basename(path) !== METADATA,
  );
  if (file === undefined) throw new Error(`no D1 in ${directory}`);
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables.map(({ name }) => {
      const counted = db.prepare(`SELECT COUNT(*) AS n FROM "${name}"`).get();
      return [`${name}`, Number(counted?.n)] as const;
    });
  } finally {
    db.close();
  }
};

const rowsOfMySql = async (
  address: MySqlAddress,
): Promise<readonly (readonly [string, number])[]> => {
  const connection = await createConnection({ ...address, rowsAsArray: true });
  try {
    const [tables] = await connection.query("SHOW TABLES");
    const all: (readonly [string, number])[] = [];
    for (const name of firstCells(tables)) {
      const [counted] = await connection.query(`SELECT COUNT(*) FROM \`${name}\``);
      all.push([name, Number(firstCells(counted)[0])]);
    }
    return all;
  } finally {
    await connection.end();
  }
};

const firstCells = (rows: unknown): readonly string[] =>
  Array.isArray(rows) ? rows.map((row: unknown) => (Array.isArray(row) ? `${row[0]}` : "")) : [];

/** Written there by nobody who asks. */
const NOT_SEARCHED = /^build\//;

/** @returns files of the state that have the word in them, as they are on disk now */
export const filesWith = (state: string, word: string): readonly string[] =>
  filesIn(state)
    .filter((path) => !NOT_SEARCHED.test(relative(state, path)) && existsSync(path))
    .filter((path) => readFileSync(path).includes(word))
    .map((path) => relative(state, path));

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
