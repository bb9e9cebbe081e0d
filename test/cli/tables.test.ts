import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { getTableColumns, is, Table } from "drizzle-orm";
import { getTableConfig as mysqlConfig } from "drizzle-orm/mysql-core";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, test } from "vitest";
import { MOVE_TABLES } from "../../cli/move/tables.ts";
import { rowTable } from "../../src/adapters/sql/row-table.ts";

const schema = resolve(import.meta.dirname, "../../src/schema");

const exportsOf = async (dialect: string): Promise<readonly unknown[]> => {
  const modules = readdirSync(join(schema, dialect)).map(
    (file) => import(join(schema, dialect, file)),
  );
  return (await Promise.all(modules)).flatMap((module: object) => Object.values(module));
};

test("every table of the schema is moved, in either dialect", async () => {
  const d1 = (await exportsOf("d1")).filter((value) => is(value, SQLiteTable));
  expect(new Set(MOVE_TABLES.map((table) => table.d1))).toEqual(new Set(d1));
  expect(d1.length).toBeGreaterThanOrEqual(21);
  const mysql = (await exportsOf("mysql")).filter((value) => is(value, Table));
  expect(new Set(MOVE_TABLES.map((table) => table.mysql))).toEqual(new Set(mysql));
});

test("what others speak of is moved before them", () => {
  const names = MOVE_TABLES.map(({ name }) => name);
  expect(names.indexOf("contents")).toBeLessThan(names.indexOf("view_hourly"));
  expect(names.indexOf("streams")).toBeLessThan(names.indexOf("viewer_history"));
});

describe.each(MOVE_TABLES)("$name", ({ name, d1, mysql, keys, rule }) => {
  const columnsOf = (table: Table) =>
    Object.fromEntries(
      Object.entries(getTableColumns(table)).map(([field, { name: column, notNull }]) => [
        field,
        { column, notNull },
      ]),
    );

  test("has a twin with the same columns under the same names, and the same key", () => {
    expect(columnsOf(mysql)).toEqual(columnsOf(d1));
    const twin = rowTable(mysql, mysqlConfig(mysql).primaryKeys[0]?.columns ?? []);
    expect(twin.name).toBe(name);
    expect(twin.keys.map(({ field }) => field)).toEqual(keys);
    expect(keys).not.toEqual([]);
  });

  test("has a rule that its columns can keep", () => {
    const fields = Object.keys(getTableColumns(mysql));
    if (rule.kind === "latest") expect(fields).toContain(rule.field);
    expect(rule.kind === "stamp").toBe(fields.includes("stamp"));
  });
});
