/** The move itself: table by table, page by page, each page remembered when the target has it. */
import type { Row } from "../../src/adapters/sql/row-table.ts";
import type { Bookmark, TableProgress } from "./bookmark.ts";
import { addRows, NOTHING } from "./digest.ts";
import type { Source } from "./source.ts";
import { type Key, keyOf, type MoveTable } from "./tables.ts";
import type { Target } from "./target.ts";

export interface MoveDeps {
  readonly source: Source;
  readonly target: Target;
  readonly tables: readonly MoveTable[];
  save(bookmark: Bookmark): void;
  /** @param rows of the table that the target has by now */
  report(table: string, rows: number): void;
  /** Ends it between two pages. */
  readonly signal: AbortSignal;
}

const BEGINNING: TableProgress = { last: undefined, done: false, digest: NOTHING };

/**
 * Goes on from `bookmark`. A page is remembered after it is written: whatever ends the move between the two, the page
 * is written again, which changes nothing.
 * @returns what was moved of each table
 * @throws what the target throws; the reason of `signal`
 */
export const move = async (deps: MoveDeps, bookmark: Bookmark): Promise<Bookmark> => {
  let reached = bookmark;
  for (const table of deps.tables) {
    const begun = reached.tables[table.name] ?? BEGINNING;
    deps.report(table.name, begun.digest.rows);
    if (begun.done) continue;
    for await (const progress of moveTable(deps, table, begun)) {
      reached = { ...reached, tables: { ...reached.tables, [table.name]: progress } };
      deps.save(reached);
      deps.report(table.name, progress.digest.rows);
    }
  }
  return reached;
};

async function* moveTable(
  { source, target, signal }: MoveDeps,
  table: MoveTable,
  begun: TableProgress,
): AsyncGenerator<TableProgress> {
  let { last, digest } = begun;
  for await (const rows of pagesOf(table, source, last)) {
    await target.write(table, rows);
    digest = addRows(digest, table.fields, rows);
    const lastRow = rows.at(-1);
    if (lastRow !== undefined) last = keyOf(table, lastRow);
    yield { last, done: false, digest };
    signal.throwIfAborted();
  }
  yield { last, done: true, digest };
}

/** All rows in the order of the primary key; the next page is read while one is worked on. */
export async function* pagesOf(
  table: MoveTable,
  { page }: Pick<Source, "page">,
  after?: Key,
): AsyncGenerator<readonly Row[]> {
  let coming: Promise<readonly Row[]> | undefined = page(table, after);
  while (coming !== undefined) {
    const rows: readonly Row[] = await coming;
    const last = rows.at(-1);
    const isFull = last !== undefined && rows.length >= table.pageRows;
    coming = isFull ? page(table, keyOf(table, last)) : undefined;
    // It is looked at when its turn has come, and until then it is nobody's failure.
    coming?.catch(() => undefined);
    if (rows.length > 0) yield rows;
  }
}
