/** A small strict reader of CSV (RFC 4180): quoted fields, a byte order mark, LF or CRLF. */

export interface CsvRow {
  /** Where the row begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export type CsvRead =
  | { readonly status: "read"; readonly rows: readonly CsvRow[] }
  | { readonly status: "unsound"; readonly line: number; readonly reason: string };

/** A field and what ends it; a quote stands only around a whole field, or doubled within one. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** Rows that are empty are none. */
export const readCsv = (text: string): CsvRead => {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let line = 1;
  let begun = 1;
  FIELD.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;
  while (FIELD.lastIndex < text.length || fields.length > 0) {
    const match = FIELD.exec(text);
    if (match === null) return { status: "unsound", line, reason: "a quote is out of place" };
    const [whole, quoted, plain = "", end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    if (fields.length > 1 || whole.trim() !== "") rows.push({ line: begun, fields });
    fields = [];
    begun = line;
  }
  return { status: "read", rows };
};
