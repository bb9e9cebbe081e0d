/** The code of a statement: what is neither a comment nor inside quotes. */

const EXECUTABLE = /^\/\*M?!/;

/** `--` opens a comment only before white space or the end. */
const DASHES = /^--(?:[\s\0]|$)/;

/**
 * Every literal and every quoted name becomes an empty one, every comment a space. What MySQL or MariaDB executes
 * inside of a comment (`/*! … *\/`) is code. Linear in the length of `sql`.
 */
export const codeOf = (sql: string): string => {
  let code = "";
  let position = 0;
  let copied = 0;
  while (position < sql.length) {
    const end = endOfOther(sql, position);
    if (end === position) {
      position += 1;
      continue;
    }
    const opening = sql.charAt(position);
    code += sql.slice(copied, position) + (isQuote(opening) ? opening + opening : " ");
    position = end;
    copied = end;
  }
  return code + sql.slice(copied);
};

/** @returns where the code begins: behind white space and comments */
export const startOfCode = (sql: string): number => {
  let position = 0;
  while (position < sql.length) {
    const opening = sql.charAt(position);
    if (isQuote(opening)) return position;
    const end = /\s/.test(opening) ? position + 1 : endOfOther(sql, position);
    if (end === position) return position;
    position = end;
  }
  return position;
};

const isQuote = (text: string): boolean => text === "'" || text === '"' || text === "`";

/** @returns the end of the literal, quoted name or comment that begins at `position`; `position` where none does */
const endOfOther = (sql: string, position: number): number => {
  const opening = sql.charAt(position);
  if (isQuote(opening)) return endOfQuoted(sql, position, opening);
  if (opening === "#") return endBehind(sql, "\n", position);
  const head = sql.slice(position, position + 4);
  if (opening === "-" && DASHES.test(head)) return endBehind(sql, "\n", position);
  if (opening === "/" && head.startsWith("/*") && !EXECUTABLE.test(head)) {
    return endBehind(sql, "*/", position + 2);
  }
  return position;
};

/** A doubled quote ends the literal and begins the next, which comes to the same. */
const endOfQuoted = (sql: string, start: number, quote: string): number => {
  for (let position = start + 1; position < sql.length; position += 1) {
    const character = sql.charAt(position);
    if (character === quote) return position + 1;
    if (character === "\\" && quote !== "`") position += 1;
  }
  return sql.length;
};

const endBehind = (sql: string, text: string, from: number): number => {
  const found = sql.indexOf(text, from);
  return found === -1 ? sql.length : found + text.length;
};
