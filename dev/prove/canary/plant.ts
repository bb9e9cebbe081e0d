/** Marks that are written down on purpose, in every form and place: what does not find them could not find a leak. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { createConnection } from "mysql2/promise";
import type { SafetyStores } from "../safety/stores.ts";
import { ENCODINGS, written } from "./encodings.ts";
import type { Mark } from "./marks.ts";
import type { Searched } from "./search.ts";
import { keysOf, tablesOf } from "./stores.ts";
import { filesOf, type Written } from "./written.ts";

/** One mark in one form. */
interface Planted {
  readonly mark: Mark;
  readonly form: string;
  readonly bytes: Uint8Array;
}

/** Everything is within something else, as in a line of a log. */
const within = (bytes: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from('{"said":"before '), bytes, Buffer.from(' after"}')]);

const formsOf = (mark: Mark): readonly Planted[] => [
  ...ENCODINGS.map((form) => ({ mark, form, bytes: within(written(mark.text, form)) })),
  { mark, form: "gzip", bytes: within(gzipSync(within(written(mark.text, "plain")))) },
];

export interface PlantOptions {
  /** One of each kind. */
  readonly marks: readonly Mark[];
  /** A directory of its own in the service's, made and removed. */
  readonly directory: string;
  readonly stores: SafetyStores | undefined;
  look(pieces: Iterable<Written>): Searched;
}

/** @returns how many were planted, and those that were not found */
export const plantMarks = async ({
  marks,
  directory,
  stores,
  look,
}: PlantOptions): Promise<{ readonly planted: number; readonly missed: readonly string[] }> => {
  const planted = marks.flatMap(formsOf);
  const missed: string[] = [];
  let count = 0;
  const judge = (where: string, wanted: readonly Planted[], pieces: Iterable<Written>): void => {
    const found = new Set(
      look(pieces).leaks.map(({ mark, encoding, packed }) =>
        keyOf(mark, packed ? "gzip" : encoding),
      ),
    );
    const lost = wanted.filter(({ mark, form }) => !found.has(keyOf(mark, form)));
    count += wanted.length;
    missed.push(...lost.map(({ mark, form }) => `${where}: a ${mark.kind}, ${form}`));
  };
  for (const place of ["output", "answers", "statements", "commands"] as const) {
    judge(
      place,
      planted,
      planted.map((one) => ({ place, name: nameOf(one), bytes: one.bytes })),
    );
  }
  mkdirSync(directory, { recursive: true });
  try {
    for (const one of planted) writeFileSync(join(directory, nameOf(one)), one.bytes);
    judge("files", planted, filesOf(directory, undefined));
    const plain = planted.filter(({ form }) => form === "plain");
    judge("files of SQLite", plain, filesOf(inSqlite(directory, plain), undefined));
  } finally {
    rmSync(directory, { recursive: true });
  }
  if (stores !== undefined) {
    judge("mysql", planted, await inMySql(stores, planted));
    judge("redis", textual(planted), await inRedis(stores, textual(planted)));
  }
  return { planted: count, missed };
};

const keyOf = (mark: Mark, form: string): string => `${mark.text}\n${form}`;

const nameOf = ({ mark, form }: Planted): string =>
  `${mark.kind}-${form}`.replaceAll(/[^a-z0-9-]/g, "_");

const TABLE = "canary_planted";

/** Redis' own replies are text here; its files hold all bytes as they are. */
const textual = (planted: readonly Planted[]): readonly Planted[] =>
  planted.filter(({ form }) => form !== "gzip" && form !== "digest");

/** In rows that were deleted, in a file as SQLite leaves it. @returns the directory of the file */
const inSqlite = (beside: string, planted: readonly Planted[]): string => {
  const directory = join(beside, "sqlite");
  mkdirSync(directory);
  const database = new DatabaseSync(join(directory, "planted.sqlite"));
  database.exec("CREATE TABLE planted (id INTEGER PRIMARY KEY, text TEXT)");
  const insert = database.prepare("INSERT INTO planted (text) VALUES (?)");
  // Long, so that each goes over several pages.
  const [before, after] = ["before ".repeat(1_000), " after".repeat(1_000)];
  for (const { mark } of planted) insert.run(`${before}${mark.text}${after}`);
  database.exec("DELETE FROM planted");
  database.close();
  return directory;
};

const inMySql = async (
  { mysql }: SafetyStores,
  planted: readonly Planted[],
): Promise<readonly Written[]> => {
  const connection = await createConnection({ ...mysql });
  try {
    await connection.query(`CREATE TABLE ${TABLE} (bytes LONGBLOB)`);
    for (const { bytes } of planted) {
      await connection.query(`INSERT INTO ${TABLE} VALUES (?)`, [Buffer.from(bytes)]);
    }
    return await tablesOf(mysql);
  } finally {
    await connection.query(`DROP TABLE IF EXISTS ${TABLE}`);
    await connection.end();
  }
};

const inRedis = ({ withRedis }: SafetyStores, planted: readonly Planted[]) =>
  withRedis(async (send) => {
    for (const one of planted) {
      await send("HSET", nameOf(one), "field", Buffer.from(one.bytes).toString());
    }
    const found = await keysOf(send);
    await send("DEL", ...planted.map(nameOf));
    return found;
  });
