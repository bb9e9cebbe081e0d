/** What kind of statement an SQL text is, told by its head. */
import { codeOf, startOfCode } from "./code-of.ts";

export type StatementKind = "begin" | "commit" | "rollback" | "write" | "other";

/** @returns its first word in small letters; empty where it begins with none */
export const firstWord = (sql: string): string => {
  const start = startOfCode(sql);
  return /^[a-z]+/i.exec(sql.slice(start, start + 32))?.[0].toLowerCase() ?? "";
};

const WRITES: ReadonlySet<string> = new Set(["insert", "update", "delete", "replace"]);

/** They begin or end a transaction as a whole; all others of these heads are refused, or leave it as it is. */
const BEGIN = /^\s*(?:begin(?:\s+work)?|start\s+transaction(?:\s+[\w\s,]+)?)\s*;?\s*$/i;
const COMMIT = /^\s*commit(?:\s+work)?\s*;?\s*$/i;
const ROLLBACK = /^\s*rollback(?:\s+work)?\s*;?\s*$/i;

export const kindOf = (sql: string): StatementKind => {
  const word = firstWord(sql);
  if (WRITES.has(word)) return "write";
  if (word === "begin" || word === "start") return BEGIN.test(codeOf(sql)) ? "begin" : "other";
  if (word === "commit" && COMMIT.test(codeOf(sql))) return "commit";
  if (word === "rollback" && ROLLBACK.test(codeOf(sql))) return "rollback";
  return "other";
};
