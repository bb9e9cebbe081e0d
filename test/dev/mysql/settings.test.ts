import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterEach, expect, test } from "vitest";
import { findMariaDb } from "../../../dev/mysql/binaries.ts";
import { startMariaDb } from "../../../dev/mysql/mariadb.ts";
import { settingsFor } from "../../../dev/mysql/settings.ts";

const GIB = 1024 ** 3;

const settingOf = (settings: readonly string[], name: string): string =>
  settings.find((setting) => setting.startsWith(`--${name}=`))?.slice(name.length + 3) ?? "";

const mebibytes = (settings: readonly string[], name: string): number => {
  const value = settingOf(settings, name);
  expect(value).toMatch(/^\d+M$/);
  return Number.parseInt(value, 10);
};

test("the file with the reasons comes first, and no binlog is kept", () => {
  const settings = settingsFor({ memoryBytes: 8 * GIB, cores: 4 });
  expect(settings[0]).toMatch(/^--defaults-file=.*\/dev\/mysql\/headcount\.cnf$/);
  expect(settings).toContain("--skip-log-bin");
});

test("a machine of 16 GiB gives an eighth of it to the buffer pool and a quarter of that to redo", () => {
  const settings = settingsFor({ memoryBytes: 16 * GIB, cores: 4 });
  expect(mebibytes(settings, "innodb-buffer-pool-size")).toBe(2048);
  expect(mebibytes(settings, "innodb-log-file-size")).toBe(512);
  expect(settingOf(settings, "innodb-read-io-threads")).toBe("4");
  expect(settingOf(settings, "innodb-write-io-threads")).toBe("4");
});

test("whatever the machine, nothing is below its floor or above its cap", () => {
  const machines = fc.record({
    memoryBytes: fc.double({ min: 0, max: 4096 * GIB, noNaN: true }),
    cores: fc.integer({ min: 1, max: 512 }),
  });
  const property = fc.property(machines, (machine) => {
    const settings = settingsFor(machine);
    const pool = mebibytes(settings, "innodb-buffer-pool-size");
    const redo = mebibytes(settings, "innodb-log-file-size");
    const threads = Number(settingOf(settings, "innodb-write-io-threads"));
    expect(pool).toBeGreaterThanOrEqual(256);
    expect(pool).toBeLessThanOrEqual(4096);
    expect(redo).toBeGreaterThanOrEqual(256);
    expect(redo).toBeLessThanOrEqual(Math.min(pool, 1024));
    expect(threads).toBeGreaterThanOrEqual(2);
    expect(threads).toBeLessThanOrEqual(8);
  });
  fc.assert(property);
});

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

test.skipIf(findMariaDb() === undefined)("a MariaDB starts with them and has them", async () => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-settings-"));
  directories.push(directory);
  const settings = settingsFor({ memoryBytes: 4 * GIB, cores: 2 });
  const server = await startMariaDb({ directory, settings });
  try {
    const { socketPath, user } = server;
    const connection = await createConnection({ socketPath, user });
    const [rows] = await connection.query<RowDataPacket[]>("SHOW GLOBAL VARIABLES");
    await connection.end();
    const variables = new Map(rows.map((row) => [row.Variable_name, row.Value]));
    const expected = {
      innodb_buffer_pool_size: `${512 * 1024 ** 2}`,
      innodb_log_file_size: `${256 * 1024 ** 2}`,
      innodb_read_io_threads: "2",
      innodb_write_io_threads: "2",
      log_bin: "OFF",
      innodb_flush_log_at_trx_commit: "1",
      innodb_flush_method: "O_DIRECT",
      innodb_io_capacity: "2000",
      innodb_io_capacity_max: "4000",
      innodb_flush_neighbors: "0",
      innodb_lock_wait_timeout: "5",
      innodb_autoinc_lock_mode: "2",
      tx_isolation: "READ-COMMITTED",
      binlog_format: "ROW",
      binlog_row_image: "MINIMAL",
      max_allowed_packet: `${64 * 1024 ** 2}`,
      max_connections: "200",
      time_zone: "+00:00",
      character_set_server: "utf8mb4",
      collation_server: "utf8mb4_bin",
      slow_query_log: "ON",
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(`${name} ${variables.get(name)}`).toBe(`${name} ${value}`);
    }
    expect(variables.get("sql_mode")).toContain("STRICT_TRANS_TABLES");
  } finally {
    await server.stop();
  }
});
