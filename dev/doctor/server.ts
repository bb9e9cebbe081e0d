/** What the doctor knows of a server, read once; every rule judges this value and nothing else. */

export interface Server {
  /** As it was named, without a password. */
  readonly address: string;
  /** `private`: that of `npm start`, which nobody else reaches and nothing replicates from. */
  readonly reached: "private" | "mysql" | "http";
  /** As the server says it, `10.11.6-MariaDB-…`. */
  readonly version: string;
  /** Global variables by their name; empty when none are shown. */
  readonly variables: ReadonlyMap<string, string>;
  /** Global status by its name, in the server's case; empty when none is shown. */
  readonly status: ReadonlyMap<string, string>;
  readonly databaseName: string;
  /** `undefined` when it does not exist. */
  readonly database: Database | undefined;
  readonly now: Date;
  /** Files and sockets that a process started from here may have open; `Infinity` without a limit. */
  readonly fileLimit: number;
}

export interface Database {
  readonly characterSet: string;
  /** Tables and indexes; MySQL's own figure may be a day old. */
  readonly bytes: number;
  /** The partitioned tables by name; a table that does not exist is not there. */
  readonly tables: ReadonlyMap<string, Table>;
}

export interface Table {
  /** In their order; empty for a table that is not partitioned. */
  readonly partitions: readonly Partition[];
  /** `undefined` when there is no catch-all, or its rows are not shown. */
  readonly catchAllHasRows: boolean | undefined;
}

export interface Partition {
  readonly name: string;
  /** What the table is partitioned by, "to_days(`recorded_at`)". */
  readonly expression: string;
  /** The bound it stays below, as the server writes it; `MAXVALUE` for a catch-all. */
  readonly below: string;
}

/** Tables that are partitioned by time. */
export const PARTITIONED_TABLES = [
  "viewer_history",
  "view_hourly",
  "user_sessions",
  "daily_statistics",
] as const;

/** The partition for rows that no other one takes; it should be empty. */
export const CATCH_ALL = "pmax";

/** @returns the first of them that is shown: MySQL and MariaDB differ in some names */
export const variableOf = (server: Server, ...names: readonly string[]): string | undefined =>
  names.map((name) => server.variables.get(name)).find((value) => value !== undefined);

/** MariaDB says so in its version. */
export const isMariaDb = ({ version }: Server): boolean => /mariadb/i.test(version);
