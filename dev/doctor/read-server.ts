/** Reads a `Server`. What it refuses to show is left out; what it does not answer at all ends the reading. */
import { type Query, RefusedQuery } from "./query.ts";
import {
  CATCH_ALL,
  type Database,
  PARTITIONED_TABLES,
  type Partition,
  type Server,
  type Table,
} from "./server.ts";

export interface Question extends Pick<Server, "address" | "reached" | "now" | "fileLimit"> {
  readonly query: Query;
  /** `undefined`: the one that the connection is for. */
  readonly database: string | undefined;
}

export const readServer = async ({ query, database, ...given }: Question): Promise<Server> => {
  const [about] = await query("SELECT VERSION() AS version, DATABASE() AS current");
  const name = database ?? textOf(about?.current);
  return {
    ...given,
    version: textOf(about?.version),
    variables: await readVariables(query, "SHOW GLOBAL VARIABLES"),
    status: await readStatus(query),
    databaseName: name,
    database: await readDatabase(query, name),
  };
};

export const readStatus = (query: Query): Promise<ReadonlyMap<string, string>> =>
  readVariables(query, "SHOW GLOBAL STATUS");

const readVariables = async (query: Query, sql: string): Promise<ReadonlyMap<string, string>> => {
  const rows = await ifShown(query, sql);
  return new Map(rows.map((row) => [textOf(row.Variable_name), textOf(row.Value)]));
};

const readDatabase = async (query: Query, name: string): Promise<Database | undefined> => {
  const [schema] = await ifShown(
    query,
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset FROM information_schema.SCHEMATA
      WHERE SCHEMA_NAME = ${literal(name)}`,
  );
  if (schema === undefined) return undefined;
  const [size] = await ifShown(
    query,
    `SELECT CAST(SUM(DATA_LENGTH + INDEX_LENGTH) AS CHAR) AS bytes FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = ${literal(name)}`,
  );
  return {
    characterSet: textOf(schema.charset),
    bytes: Number(size?.bytes ?? 0),
    tables: await readTables(query, name),
  };
};

const readTables = async (query: Query, database: string): Promise<Map<string, Table>> => {
  const rows = await ifShown(
    query,
    `SELECT TABLE_NAME AS name, PARTITION_NAME AS part, PARTITION_EXPRESSION AS expression,
      PARTITION_DESCRIPTION AS below FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA = ${literal(database)} AND TABLE_NAME IN (${PARTITIONED_TABLES.map(literal)})
      ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION`,
  );
  const tables = new Map<string, Table>();
  for (const table of new Set(rows.map((row) => textOf(row.name)))) {
    const partitions = rows
      .filter((row) => row.name === table && row.part !== null)
      .map(
        ({ part, expression, below }): Partition => ({
          name: textOf(part),
          expression: textOf(expression),
          below: textOf(below),
        }),
      );
    const catchAllHasRows = partitions.some(({ name }) => name === CATCH_ALL)
      ? await hasRows(query, database, table)
      : undefined;
    tables.set(table, { partitions, catchAllHasRows });
  }
  return tables;
};

/** Asked of the table itself: `TABLE_ROWS` is an estimate, wrong where it matters, just above none. */
const hasRows = async (
  query: Query,
  database: string,
  table: string,
): Promise<boolean | undefined> => {
  const sql = `SELECT 1 AS one FROM ${quoted(database)}.${quoted(table)} PARTITION (${CATCH_ALL}) LIMIT 1`;
  try {
    return (await query(sql)).length > 0;
  } catch (cause) {
    if (cause instanceof RefusedQuery) return undefined;
    throw cause;
  }
};

const ifShown = async (query: Query, sql: string): ReturnType<Query> => {
  try {
    return await query(sql);
  } catch (cause) {
    if (cause instanceof RefusedQuery) return [];
    throw cause;
  }
};

/** Plain, as Vitess wants the name of a schema. It comes from whoever runs this, who may ask for anything anyway. */
const literal = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

const textOf = (value: string | number | null | undefined): string => `${value ?? ""}`;
