/** A dump of a deployed D1, as `wrangler d1 export` makes it, in a SQLite file of its own for the time. */
import { createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import { Failure } from "../../dev/run/flags.ts";
import type { SourceParts } from "./source.ts";

/** @throws Failure when it is none */
export const openDump = async (file: string, state: string): Promise<SourceParts> => {
  const path = join(state, "dump.sqlite");
  const remove = () => rmSync(path, { force: true });
  remove();
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  // Made again from the dump whenever it is needed.
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
  const close = async (): Promise<void> => {
    database.close();
    remove();
  };
  const hash = createHash("sha256");
  try {
    for await (const statement of statementsOf(file)) {
      hash.update(statement);
      database.exec(statement);
    }
    database.exec("COMMIT");
  } catch (cause) {
    await close();
    throw new Failure(`${file} is no dump of a D1 (${cause})`, { cause });
  }
  const db = drizzle(async (sql, params, method) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    if (method === "run") statement.run(...params);
    return { rows: method === "run" ? [] : statement.all(...params) };
  });
  return { identity: `dump ${hash.digest("hex")}`, description: `D1 of ${file}`, db, close };
};

/** Whole statements: one ends with a line that ends with `;` outside of a text, which may have lines of its own. */
async function* statementsOf(file: string): AsyncGenerator<string> {
  let lines: string[] = [];
  let inText = false;
  for await (const line of linesOf(file)) {
    lines.push(line);
    const quotes = line.split("'").length - 1;
    if (quotes % 2 === 1) inText = !inText;
    if (inText || !line.endsWith(";")) continue;
    yield lines.join("\n");
    lines = [];
  }
  if (lines.some((line) => line.trim() !== "")) yield lines.join("\n");
}

/** A text of a row may hold any other end of a line, which `readline` would take away. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of createReadStream(file, { encoding: "utf8" })) {
    const lines = `${rest}${piece}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}
