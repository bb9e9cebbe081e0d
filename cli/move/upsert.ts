/** Rows into the target, by the rule of their table; a page that is sent again changes nothing. */
import { getTableConfig } from "drizzle-orm/mysql-core";
import { forwardUpsert } from "../../src/adapters/mysql/forward-upsert.ts";
import type { MySqlHandle } from "../../src/adapters/mysql/handle.ts";
import { insertStatement, quoted } from "../../src/adapters/mysql/insert-rows.ts";
import { type Row, type RowTable, rowTable } from "../../src/adapters/sql/row-table.ts";
import type { MoveTable, Rule } from "./tables.ts";

export const upsert = async (
  { $client: client }: MySqlHandle,
  { mysql, rule }: MoveTable,
  rows: readonly Row[],
): Promise<void> => {
  if (rule.kind === "stamp") {
    await forwardUpsert(client, mysql, rows);
    return;
  }
  const table = rowTable(mysql, getTableConfig(mysql).primaryKeys[0]?.columns ?? []);
  const { text, values } = insertStatement(table, rows, assignmentsOf(table, rule));
  await client.execute(text, values);
};

const assignmentsOf = ({ keys, values }: RowTable, rule: Rule): readonly string[] => {
  const names = values.map(({ name }) => quoted(name));
  switch (rule.kind) {
    case "keep":
      return keys.map(({ name }) => `${quoted(name)} = ${quoted(name)}`);
    case "latest": {
      // Each assignment sees those before it: the guard comes last, though with `>=` it would not matter.
      const guard = quoted(values.find(({ field }) => field === rule.field)?.name ?? rule.field);
      const newer = `COALESCE(VALUES(${guard}), 0) >= COALESCE(${guard}, 0)`;
      const others = names.filter((name) => name !== guard);
      return [...others, guard].map((name) => `${name} = IF(${newer}, VALUES(${name}), ${name})`);
    }
    default:
      return names.map((name) => `${name} = VALUES(${name})`);
  }
};
