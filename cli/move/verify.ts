/** Whether the target has every row of the source, as it is there or newer. What it has besides is its own affair. */
import type { Row } from "../../src/adapters/sql/row-table.ts";
import { addRows, canonical, type Digest, isEqual, NOTHING } from "./digest.ts";
import { pagesOf } from "./move.ts";
import type { Source } from "./source.ts";
import { isNewer, keyOf, type MoveTable } from "./tables.ts";
import type { Target } from "./target.ts";

export interface Verdict {
  readonly table: string;
  readonly source: Digest;
  readonly target: Digest;
  /** Rows that were written to the target after the move had read them in the source. */
  readonly newer: number;
  readonly missing: number;
  readonly different: number;
  /** Of the first rows that are missing or different: what is wrong, and the key. */
  readonly examples: readonly string[];
}

export interface VerifyDeps {
  readonly source: Pick<Source, "page">;
  readonly target: Pick<Target, "page" | "rowsOf">;
  /** @param rows of the table that are read by now */
  report(table: string, rows: number): void;
  readonly signal: AbortSignal;
}

const MAX_EXAMPLES = 10;

export const isSound = ({ missing, different }: Verdict): boolean => missing + different === 0;

/** Reads both sides once, and the rows one by one only where the sums differ. */
export const verifyTable = async (deps: VerifyDeps, table: MoveTable): Promise<Verdict> => {
  const { source, target, report, signal } = deps;
  const [ofSource, ofTarget] = await Promise.all([
    digestOf(table, source, signal, () => undefined),
    digestOf(table, target, signal, (rows) => report(table.name, rows)),
  ]);
  const sums = { table: table.name, source: ofSource, target: ofTarget };
  if (isEqual(ofSource, ofTarget)) {
    return { ...sums, newer: 0, missing: 0, different: 0, examples: [] };
  }
  return { ...sums, ...(await compareRows(deps, table)) };
};

const digestOf = async (
  table: MoveTable,
  side: Pick<Source, "page">,
  signal: AbortSignal,
  report: (rows: number) => void,
): Promise<Digest> => {
  let digest = NOTHING;
  for await (const rows of pagesOf(table, side)) {
    signal.throwIfAborted();
    digest = addRows(digest, table.fields, rows);
    report(digest.rows);
  }
  return digest;
};

const compareRows = async ({ source, target, signal }: VerifyDeps, table: MoveTable) => {
  const found = { newer: 0, missing: 0, different: 0 };
  const examples: string[] = [];
  for await (const rows of pagesOf(table, source)) {
    signal.throwIfAborted();
    const keys = rows.map((row) => keyOf(table, row));
    const standing = byKey(table, await target.rowsOf(table, keys));
    for (const row of rows) {
      const fate = fateOf(table, row, standing.get(textOfKey(table, row)));
      if (fate === "equal") continue;
      found[fate] += 1;
      if (fate !== "newer" && examples.length < MAX_EXAMPLES) {
        examples.push(`${fate} ${textOfKey(table, row)}`);
      }
    }
  }
  return { ...found, examples };
};

const byKey = (table: MoveTable, rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [textOfKey(table, row), row]));

const textOfKey = (table: MoveTable, row: Row): string => JSON.stringify(keyOf(table, row));

const fateOf = (table: MoveTable, source: Row, target: Row | undefined) => {
  if (target === undefined) return "missing";
  const { fields } = table;
  if (canonical(fields, source) === canonical(fields, target)) return "equal";
  return isNewer(table, target, source) ? "newer" : "different";
};
