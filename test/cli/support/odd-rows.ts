/** Rows with everything a column may hold, for any table of the schema. */
import { getTableColumns } from "drizzle-orm";
import type { MoveTable } from "../../../cli/move/tables.ts";
import { stamp } from "../../../src/core/stamp.ts";

export const ODD_TEXTS: readonly string[] = [
  "",
  "it's \"quoted\", `ticked` and \\ escaped \\' ; -- /* */ ? ?",
  "line\nnext\r\nand\rlast\ttab\u0000nul\u001A\b%_",
  "naïve 日本語 👩‍👩‍👧‍👦 \u2028 \uFEFF ﷽",
  " blanks before and behind  ",
  "null",
];

/** The same for ids and what refers to them, so that every reference finds its row. */
const idOf = (n: number): string => `k${n}`.padEnd(n % 2 === 0 ? 0 : 64, "~:/");

const BIG: readonly number[] = [0, Number.MAX_SAFE_INTEGER, -1, 1_760_000_000_000];
const INT: readonly number[] = [2 ** 31 - 1, -(2 ** 31), 0];

/** Row `n` of a table; no two have one key. */
export const oddRow = ({ mysql, keys }: MoveTable, n: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(getTableColumns(mysql)).map(([field, column]) => {
      const type = column.getSQLType();
      if (!column.notNull && n % 3 === 0) return [field, null];
      if (field === "stamp") return [field, stamp(1, n)];
      if (type.includes("(16)")) return [field, `w${n % 7}`];
      if (type.includes("ascii")) return [field, idOf(n)];
      if (type.includes("utf8mb4")) return [field, ODD_TEXTS[n % ODD_TEXTS.length]];
      if (type === "boolean") return [field, n % 2 === 0];
      if (keys.includes(field)) return [field, n];
      return [field, type === "bigint" ? BIG[n % BIG.length] : INT[n % INT.length]];
    }),
  );
