import {
  PARTITIONED_TABLES,
  type Partition,
  type Server,
  type Table,
} from "../../../dev/doctor/server.ts";

export const NOW = new Date("2026-11-21T12:00:00Z");

export type Variables = Readonly<Record<string, string | undefined>>;

const VARIABLES: Variables = {
  time_zone: "+00:00",
  system_time_zone: "CET",
  sql_mode: "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION",
  character_set_server: "utf8mb4",
  tx_isolation: "READ-COMMITTED",
  innodb_buffer_pool_size: `${1024 ** 3}`,
  innodb_log_file_size: `${1024 ** 3}`,
  innodb_flush_log_at_trx_commit: "1",
  innodb_flush_method: "O_DIRECT",
  innodb_io_capacity: "2000",
  log_bin: "ON",
  binlog_format: "ROW",
  binlog_row_image: "MINIMAL",
  sync_binlog: "1",
  max_allowed_packet: `${64 * 1024 ** 2}`,
  max_connections: "200",
  open_files_limit: "16384",
};

/** In unix ms; the catch-all last. */
export const partitionsUntil = (...ends: readonly string[]): readonly Partition[] => [
  ...ends.map((end, i) => ({
    name: `p${i}`,
    expression: "`hour`",
    below: `${Date.parse(end)}`,
  })),
  { name: "pmax", expression: "`hour`", below: "MAXVALUE" },
];

const GOOD_TABLE: Table = {
  partitions: partitionsUntil("2026-12-01", "2027-01-01"),
  catchAllHasRows: false,
};

/** One that every rule finds good. @param variables an `undefined` takes one away */
export const goodServer = (variables: Variables = {}, changed: Partial<Server> = {}): Server => {
  const entries = Object.entries({ ...VARIABLES, ...variables }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    address: "mysql://db.example:3306/headcount",
    reached: "mysql",
    version: "10.11.6-MariaDB-0+deb12u1",
    variables: new Map(entries),
    status: new Map([["Max_used_connections", "7"]]),
    databaseName: "headcount",
    database: databaseWith({}),
    now: NOW,
    fileLimit: 65_536,
    ...changed,
  };
};

/** @param tables instead of good ones; `undefined`: does not exist */
export const databaseWith = (
  tables: Readonly<Record<string, Table | undefined>>,
  bytes = 0,
): NonNullable<Server["database"]> => {
  const all = PARTITIONED_TABLES.map((name): [string, Table | undefined] => [
    name,
    name in tables ? tables[name] : GOOD_TABLE,
  ]);
  return {
    characterSet: "utf8mb4",
    bytes,
    tables: new Map(all.filter((entry): entry is [string, Table] => entry[1] !== undefined)),
  };
};
