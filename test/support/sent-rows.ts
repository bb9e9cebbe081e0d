/** What an `INSERT … VALUES` holds, read from its text. */

export type SentValue = string | number;

export interface SentRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SentValue[])[];
}

const HEAD = /^\s*insert\s+into\s+`?(\w+)`?\s*\(([^)]*)\)\s*values\s*/i;

/** A text, a number or a word (`NULL`, `true`, `default`), and what stands between them. */
const TOKEN = /'((?:[^'\\]|\\.|'')*)'|(-?\d+(?:\.\d+)?)|(\w+)|([(),])|\s+/gsy;

/** @returns undefined when `sql` is no such statement */
export const sentRows = (sql: string): SentRows | undefined => {
  const [head, table, list] = HEAD.exec(sql) ?? [];
  if (head === undefined || table === undefined || list === undefined) return undefined;
  const columns = list.split(",").map((name) => name.trim().replaceAll("`", ""));
  return { table, columns, rows: readRows(sql, head.length) };
};

const readRows = (sql: string, start: number): readonly (readonly SentValue[])[] => {
  const rows: SentValue[][] = [];
  let row: SentValue[] | undefined;
  TOKEN.lastIndex = start;
  for (let token = TOKEN.exec(sql); token !== null; token = TOKEN.exec(sql)) {
    const [, text, number, word, sign] = token;
    // Behind the last row the rest of the statement begins with a word.
    if (row === undefined && word !== undefined) break;
    if (sign === "(") row = [];
    if (text !== undefined) row?.push(text);
    if (number !== undefined) row?.push(Number(number));
    if (word !== undefined) row?.push(word);
    if (sign === ")" && row !== undefined) {
      rows.push(row);
      row = undefined;
    }
  }
  return rows;
};
