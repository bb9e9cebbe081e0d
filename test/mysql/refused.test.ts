import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { type MySqlHandle, mysqlHandle } from "../../src/adapters/mysql/handle.ts";
import type { Database } from "../../src/ports/database.ts";
import { auditLog } from "../../src/schema/mysql/operations.ts";
import { viewRegions } from "../../src/schema/mysql/views.ts";
import { correctionTablesContract } from "../contract/correction-tables.ts";
import { databaseContract } from "../contract/database.ts";
import { shardTablesContract } from "../contract/shard-tables.ts";
import { statisticsTablesContract } from "../contract/statistics-tables.ts";
import { streamTablesContract } from "../contract/stream-tables.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../support/mysql.ts";
import { brokenRules } from "../support/planetscale-rules.ts";
import { sentRows } from "../support/sent-rows.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations/mysql");

const brokenOf = (statements: readonly string[]) =>
  statements
    .map((sql) => ({ sql: sql.slice(0, 200), broken: brokenRules(sql) }))
    .filter(({ broken }) => broken.length > 0);

test("no migration has what PlanetScale refuses, also none that was applied long ago", () => {
  const statements = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith(".sql"))
    .flatMap((name) => readFileSync(join(MIGRATIONS, name), "utf8").split("-->"))
    .map((sql) => sql.replace(/^ statement-breakpoint/, ""));
  expect(statements.length).toBeGreaterThan(15);
  expect(brokenOf(statements)).toEqual([]);
});

describe.skipIf(NO_MYSQL)("all that the app sends while it keeps the contract", () => {
  const migrations: string[] = [];
  const statements: string[] = [];
  let gateway: FreshGateway;
  let database: Database;
  let behind: MySqlHandle;
  let migrated = false;

  beforeAll(async () => {
    gateway = await freshGateway({
      onStatement: (sql) => (migrated ? statements : migrations).push(sql),
    });
    await migrateMySql(gateway.url);
    migrated = true;
    database = mysqlDatabase(gateway.url);
    behind = mysqlHandle(gateway.url);
  });

  afterAll(() => gateway.close());

  databaseContract(() => ({
    database,
    auditEntries: (subject) => behind.select().from(auditLog).where(eq(auditLog.subject, subject)),
  }));
  streamTablesContract(() => database.streams);
  shardTablesContract(() => database);
  statisticsTablesContract(() => ({
    statistics: database.statistics,
    regions: (content) => behind.select().from(viewRegions).where(eq(viewRegions.content, content)),
  }));
  correctionTablesContract(() => ({
    corrections: database.corrections,
    exclusions: database.exclusions,
    auditEntries: (subject) => behind.select().from(auditLog).where(eq(auditLog.subject, subject)),
  }));

  test("has nothing that PlanetScale refuses", () => {
    expect(brokenOf(migrations)).toEqual([]);
    expect(brokenOf(statements)).toEqual([]);
  });

  test("is every kind of statement there is, and large ones", () => {
    expect(migrations.length).toBeGreaterThan(15);
    const inserted = statements.flatMap((sql) => sentRows(sql) ?? []);
    const tables = ["audit_log", "categories", "contents", "current_viewers", "daily_statistics"];
    tables.push("job_runs", "user_sessions", "view_hourly", "view_totals", "viewer_history");
    tables.push("correction_runs", "exclusions", "view_daily", "view_regions", "view_uniques");
    expect(new Set(inserted.map(({ table }) => table))).toEqual(new Set(tables));
    expect(Math.max(...inserted.map(({ rows }) => rows.length))).toBe(1_000);
    const selected = statements.flatMap((sql) => /^select .* from `(\w+)`/i.exec(sql)?.[1] ?? []);
    expect(new Set(selected).size).toBeGreaterThanOrEqual(7);
  });
});

const rows = (count: number) => Array.from({ length: count }, (_, i) => `('${1e6 + i}', 1)`).join();

describe("a statement that breaks a rule is found", () => {
  const BREAKING: readonly (readonly [rule: string, sql: string])[] = [
    ["RETURNING", "INSERT INTO a (b) VALUES (1) RETURNING b"],
    ["a row alias", "INSERT INTO a (b) VALUES ('x') AS new ON DUPLICATE KEY UPDATE b = new.b"],
    [
      "a row alias",
      "INSERT INTO `a` (`b`) VALUES (1) AS `new` (`c`) ON DUPLICATE KEY UPDATE b = c",
    ],
    ["JSON_TABLE", "SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH '$')) AS t"],
    ["LOCK TABLES", "LOCK TABLES a WRITE"],
    ["a variable", "SELECT @a"],
    ["a variable", "SELECT * FROM a WHERE b > @@max_allowed_packet"],
    ["several statements", "SELECT 1; SELECT 2"],
    ["a foreign key", "CREATE TABLE a (b INT, FOREIGN KEY (b) REFERENCES c (d))"],
    ["a foreign key", "ALTER TABLE a ADD COLUMN b INT REFERENCES c (d)"],
    ["a partition by anything but RANGE", "CREATE TABLE a (b INT) PARTITION BY HASH (b)"],
    ["a partition by anything but RANGE", "CREATE TABLE a (b INT) PARTITION BY RANGE COLUMNS (b)"],
    ["the gateway: a sequence", "SELECT NEXT VALUE FOR s"],
    ["too many rows", `INSERT INTO categories (id, title) VALUES ${rows(2_001)}`],
    ["a text of a megabyte", `SELECT '${"x".repeat(1024 * 1024)}'`],
    ["rows out of order", "INSERT INTO categories (id, title) VALUES ('b', 'x'), ('a', 'y')"],
    [
      "rows out of order",
      "INSERT INTO `view_totals` (`shard_id`, `content_id`) VALUES (2, 'it\\'s'), (1, 'it\\'s') ON DUPLICATE KEY UPDATE shard_id = 1",
    ],
    [
      "rows out of order",
      "INSERT INTO user_sessions (started_day, session_id) VALUES (10, 'a'), (9, 'b')",
    ],
  ];

  // Their beginnings alone: some are a megabyte.
  test.for(BREAKING.map(([rule, sql]) => ({ rule, sql, begins: sql.slice(0, 60) })))(
    "$rule: $begins",
    ({ rule, sql }) => {
      expect(brokenRules(sql)).toContain(rule);
    },
  );

  const GOOD: readonly string[] = [
    "INSERT INTO categories (id, title) VALUES ('a', 'RETURNING; @a (b), ('), ('b', 'it''s \\\\')",
    "INSERT INTO view_totals (content_id, shard_id) VALUES ('a', 9), ('a', 10), ('b', 1) ON DUPLICATE KEY UPDATE shard_id = 1",
    `INSERT INTO categories (id, title) VALUES ${rows(2_000)}`,
    "CREATE TABLE a (b INT) PARTITION BY RANGE (`b`) (PARTITION pmax VALUES LESS THAN MAXVALUE);",
    "SELECT 1;",
  ];

  test.for(GOOD.map((sql) => ({ sql, begins: sql.slice(0, 60) })))(
    "one that breaks none is not: $begins",
    ({ sql }) => {
      expect(brokenRules(sql)).toEqual([]);
    },
  );
});
