/** What PlanetScale refuses, or bears badly: more than the gateway refuses, and told by its own means. */
import { is } from "drizzle-orm";
import { getTableConfig, MySqlTable } from "drizzle-orm/mysql-core";
import { codeOf } from "../../dev/planetscale-gateway/code-of.ts";
import { refusalOf } from "../../dev/planetscale-gateway/refused.ts";
import * as contents from "../../src/schema/mysql/contents.ts";
import * as operations from "../../src/schema/mysql/operations.ts";
import * as viewers from "../../src/schema/mysql/viewers.ts";
import * as views from "../../src/schema/mysql/views.ts";
import { type SentRows, type SentValue, sentRows } from "./sent-rows.ts";

const MAX_ROWS = 2_000;
const MAX_BYTES = 1024 * 1024;

/** Looked for in the code alone, which has neither literals nor comments. */
const PATTERNS: readonly (readonly [rule: string, pattern: RegExp])[] = [
  ["RETURNING", /\breturning\b/i],
  ["a row alias", /\)\s*as\s+[^(]+(?:\([^)]*\)\s*)?on\s+duplicate\b/i],
  ["JSON_TABLE", /\bjson_table\b/i],
  ["LOCK TABLES", /\block\s+tables?\b/i],
  ["a variable", /@|:=/],
  ["several statements", /;\s*\S/],
  ["a foreign key", /\bforeign\s+key\b|\breferences\b/i],
  ["a partition by anything but RANGE", /\bpartition\s+by\s+(?!range\s*\()/i],
];

/** Columns of the primary key by table, in its order. */
const KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  [contents, operations, viewers, views]
    .flatMap((schema): unknown[] => Object.values(schema))
    .filter((value) => is(value, MySqlTable))
    .map(getTableConfig)
    .map(({ name, columns, primaryKeys }) => {
      const composite = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
      return [name, composite.map((column) => column.name)];
    }),
);

/** @returns the rules that the statement breaks, in words */
export const brokenRules = (sql: string): readonly string[] => {
  const code = codeOf(sql);
  const broken = PATTERNS.filter(([, pattern]) => pattern.test(code)).map(([rule]) => rule);
  const refusal = refusalOf(sql);
  if (refusal !== undefined) broken.push(`the gateway: ${refusal}`);
  if (Buffer.byteLength(sql) >= MAX_BYTES) broken.push("a text of a megabyte");
  const sent = sentRows(sql);
  if (sent !== undefined && sent.rows.length > MAX_ROWS) broken.push("too many rows");
  if (sent !== undefined && !isSorted(sent)) broken.push("rows out of order");
  return broken;
};

const isSorted = ({ table, columns, rows }: SentRows): boolean => {
  const places = (KEYS.get(table) ?? []).map((name) => columns.indexOf(name));
  return rows.every((row, index) => {
    const before = rows[index - 1];
    return before === undefined || compare(before, row, places) <= 0;
  });
};

const compare = (
  a: readonly SentValue[],
  b: readonly SentValue[],
  places: readonly number[],
): number => {
  for (const place of places) {
    const [left = "", right = ""] = [a[place], b[place]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
};
