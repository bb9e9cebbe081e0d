/** All tables of the schema, as the move sees them: derived from its modules, so that none can be forgotten. */
import { is } from "drizzle-orm";
import { MySqlTable } from "drizzle-orm/mysql-core";
import { getTableConfig as d1Config, SQLiteTable } from "drizzle-orm/sqlite-core";
import { type Row, rowTable } from "../../src/adapters/sql/row-table.ts";
import * as d1Contents from "../../src/schema/d1/contents.ts";
import * as d1Operations from "../../src/schema/d1/operations.ts";
import * as d1Viewers from "../../src/schema/d1/viewers.ts";
import * as d1Views from "../../src/schema/d1/views.ts";
import * as mysqlContents from "../../src/schema/mysql/contents.ts";
import * as mysqlOperations from "../../src/schema/mysql/operations.ts";
import * as mysqlViewers from "../../src/schema/mysql/viewers.ts";
import * as mysqlViews from "../../src/schema/mysql/views.ts";

/** What becomes of a row whose key the target knows already. */
export type Rule =
  /** The one with the larger stamp stays. */
  | { readonly kind: "stamp" }
  /** The one with the larger value of `field` stays, where null is least; of equals the source's. */
  | { readonly kind: "latest"; readonly field: string }
  /** Written once and never changed: the target's stays. */
  | { readonly kind: "keep" }
  /** Nothing tells which is newer: the source's stays. */
  | { readonly kind: "replace" };

export interface MoveTable {
  readonly name: string;
  readonly d1: SQLiteTable;
  readonly mysql: MySqlTable;
  /** Names of properties, sorted. */
  readonly fields: readonly string[];
  /** Those of the primary key, in its order. */
  readonly keys: readonly string[];
  readonly rule: Rule;
  /** Rows read, and written by one statement. */
  readonly pageRows: number;
}

/** Where neither a stamp nor `updatedAt` says it. What was revoked, decided or shut in the target stays so. */
const RULES: Readonly<Record<string, Rule>> = {
  job_runs: { kind: "keep" },
  audit_log: { kind: "keep" },
  correction_runs: { kind: "keep" },
  idempotency_keys: { kind: "keep" },
  exclusions: { kind: "latest", field: "revokedAt" },
  suspicions: { kind: "latest", field: "decidedAt" },
  access_keys: { kind: "latest", field: "revoked" },
};

/** Rows of numbers have some 100 bytes each. */
const NARROW_ROWS = 1_000;

/** Prose and JSON may have many KB: a statement has to stay below a server's `max_allowed_packet`. */
const WIDE_ROWS = 200;

const moveTable = (d1: SQLiteTable, mysql: MySqlTable): MoveTable => {
  const { name, columns, keys } = rowTable(d1, d1Config(d1).primaryKeys[0]?.columns ?? []);
  const fields = columns.map(({ field }) => field).toSorted();
  const stamped = fields.includes("stamp");
  return {
    ...{ name, d1, mysql, fields },
    keys: keys.map(({ field }) => field),
    rule: stamped ? { kind: "stamp" } : (RULES[name] ?? unstamped(fields)),
    pageRows: stamped ? NARROW_ROWS : WIDE_ROWS,
  };
};

const unstamped = (fields: readonly string[]): Rule =>
  fields.includes("updatedAt") ? { kind: "latest", field: "updatedAt" } : { kind: "replace" };

/** A module of each dialect, in which a table and its twin are exported under one name. */
const tablesOf = (d1Module: object, mysqlModule: object): readonly MoveTable[] =>
  Object.entries(d1Module).flatMap(([name, d1]) => {
    if (!is(d1, SQLiteTable)) return [];
    const twin: unknown = Object.entries(mysqlModule).find(([other]) => other === name)?.[1];
    if (!is(twin, MySqlTable)) throw new Error(`${name} of D1 is no table of MySQL`);
    return [moveTable(d1, twin)];
  });

/** In the order they are moved: what others speak of first. */
export const MOVE_TABLES: readonly MoveTable[] = [
  ...tablesOf(d1Contents, mysqlContents),
  ...tablesOf(d1Views, mysqlViews),
  ...tablesOf(d1Viewers, mysqlViewers),
  ...tablesOf(d1Operations, mysqlOperations),
];

/** Values of a primary key. */
export type Key = readonly unknown[];

export const keyOf = ({ keys }: Pick<MoveTable, "keys">, row: Row): Key =>
  keys.map((field) => row[field]);

/** @returns whether the target's row is newer than the source's, so that it is right that it differs */
export const isNewer = ({ rule }: MoveTable, target: Row, source: Row): boolean => {
  switch (rule.kind) {
    case "stamp":
      return `${target.stamp}` > `${source.stamp}`;
    case "latest":
      return Number(target[rule.field] ?? 0) > Number(source[rule.field] ?? 0);
    default:
      return false;
  }
};
