import { expect, test } from "vitest";
import { examine, isSound } from "../../../dev/doctor/examine.ts";
import type { Finding } from "../../../dev/doctor/rule.ts";
import type { Server } from "../../../dev/doctor/server.ts";
import { databaseWith, goodServer, type Variables } from "./good-server.ts";

const findingOf = (server: Server, check: string): Finding => {
  const finding = examine(server).find((one) => one.check === check);
  if (finding === undefined) throw new Error(`No rule judges "${check}"`);
  return finding;
};

const MYSQL = { version: "8.0.36" };

/** MySQL's names for what MariaDB has others for. */
const MYSQL_VARIABLES: Variables = {
  tx_isolation: undefined,
  transaction_isolation: "READ-COMMITTED",
  innodb_log_file_size: "50331648",
  innodb_log_files_in_group: "2",
  innodb_redo_log_capacity: `${1024 ** 3}`,
};

test.for([
  ["MariaDB", goodServer()],
  ["MySQL", goodServer(MYSQL_VARIABLES, MYSQL)],
] as const)("nothing is said against a good %s", ([, server]) => {
  const findings = examine(server);
  expect(findings.filter(({ level }) => level !== "ok")).toEqual([]);
  expect(isSound(findings)).toBe(true);
});

const CASES: readonly [string, "warn" | "fail", string, Variables, Partial<Server>?][] = [
  ["version", "fail", "Upgrade", {}, { version: "8.0.19" }],
  ["version", "fail", "Upgrade", {}, { version: "5.7.44-log" }],
  ["version", "fail", "Upgrade", {}, { version: "10.7.9-MariaDB" }],
  ["time zone", "fail", "default_time_zone = '+00:00'", { time_zone: "SYSTEM" }],
  ["time zone", "fail", "default_time_zone = '+00:00'", { time_zone: "Europe/Zurich" }],
  ["sql mode", "fail", "sql_mode = STRICT_TRANS_TABLES", { sql_mode: "NO_ENGINE_SUBSTITUTION" }],
  ["sql mode", "fail", "sql_mode = STRICT_TRANS_TABLES", { sql_mode: "" }],
  ["character set, server", "warn", "= utf8mb4", { character_set_server: "latin1" }],
  [
    "isolation",
    "warn",
    "transaction_isolation = READ-COMMITTED",
    { tx_isolation: "REPEATABLE-READ" },
  ],
  ["buffer pool", "warn", "size = 1024M", { innodb_buffer_pool_size: "134217728" }],
  ["buffer pool", "warn", "size = 10240M", {}, { database: databaseWith({}, 40 * 1024 ** 3) }],
  ["redo log", "warn", "innodb_log_file_size = 1G", { innodb_log_file_size: "100663296" }],
  [
    "redo log",
    "warn",
    "innodb_redo_log_capacity = 1G",
    { innodb_redo_log_capacity: "104857600" },
    MYSQL,
  ],
  ["flush at commit", "warn", "commit = 1", { innodb_flush_log_at_trx_commit: "2" }],
  ["flush at commit", "fail", "commit = 1", { innodb_flush_log_at_trx_commit: "0" }],
  ["flush method", "warn", "= O_DIRECT", { innodb_flush_method: "fsync" }],
  ["io capacity", "warn", "innodb_io_capacity = 2000", { innodb_io_capacity: "200" }],
  ["binlog", "warn", "log_bin", { log_bin: "OFF" }],
  ["binlog", "fail", "binlog_format = ROW", { binlog_format: "STATEMENT" }],
  ["binlog", "warn", "binlog_format = ROW", { binlog_format: "MIXED" }],
  ["binlog", "warn", "binlog_row_image = MINIMAL", { binlog_row_image: "FULL" }],
  ["binlog", "warn", "sync_binlog = 1", { sync_binlog: "0" }],
  ["packet", "warn", "max_allowed_packet = 64M", { max_allowed_packet: `${8 * 1024 ** 2}` }],
  ["packet", "fail", "max_allowed_packet = 64M", { max_allowed_packet: `${1024 ** 2}` }],
  ["connections", "warn", "max_connections = 200", { max_connections: "50" }],
  ["connections", "fail", "max_connections = 200", { max_connections: "10" }],
  [
    "connections",
    "warn",
    "max_connections = 380",
    {},
    { status: new Map([["Max_used_connections", "190"]]) },
  ],
  ["server's open files", "warn", "open_files_limit = 16384", { open_files_limit: "4096" }],
  ["server's open files", "fail", "open_files_limit = 16384", { open_files_limit: "512" }],
  ["open files here", "warn", "ulimit -n", {}, { fileLimit: 1024 }],
  ["database", "fail", "CREATE DATABASE `headcount`", {}, { database: undefined }],
  [
    "database",
    "fail",
    "ALTER DATABASE `headcount` CHARACTER SET utf8mb4",
    {},
    { database: { ...databaseWith({}), characterSet: "latin1" } },
  ],
];

test.for(CASES)("%s: %s, mended by %s", ([check, level, mend, variables, changed]) => {
  const server = goodServer(variables, changed);
  const finding = findingOf(server, check);
  expect(finding).toMatchObject({ level, mend: expect.stringContaining(mend) });
  expect(isSound(examine(server))).toBe(level !== "fail");
});

test("a server of before MySQL 8.0.30 has two redo files that add up", () => {
  const variables = { innodb_log_file_size: `${128 * 1024 ** 2}`, innodb_log_files_in_group: "2" };
  expect(findingOf(goodServer(variables, MYSQL), "redo log").level).toBe("ok");
});

test("the zone of the machine counts where the server follows it", () => {
  const server = goodServer({ time_zone: "SYSTEM", system_time_zone: "UTC" });
  expect(findingOf(server, "time zone").level).toBe("ok");
});

test("a private server needs no binlog", () => {
  const server = goodServer({ log_bin: "OFF" }, { reached: "private" });
  expect(findingOf(server, "binlog").level).toBe("ok");
});

test("what a server does not show is no failure", () => {
  const server = goodServer({}, { variables: new Map(), status: new Map() });
  const findings = examine(server);
  expect(isSound(findings)).toBe(true);
  const shown = findings.filter(({ level }) => level !== "not shown").map(({ check }) => check);
  expect(shown).toEqual([
    "version",
    "open files here",
    "database",
    "partitions, viewer_history",
    "partitions, view_hourly",
    "partitions, user_sessions",
    "partitions, daily_statistics",
  ]);
});
