import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { mysqlHandle } from "../../src/adapters/mysql/handle.ts";
import { content } from "../support/events.ts";
import { type FreshGateway, freshGateway, NO_MYSQL } from "../support/mysql.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations/mysql");
const STAMP = "0mhvu2g00-00000000001";

let gateway: FreshGateway;
let directory: string;
let statements: string[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "headcount-migrate-"));
  statements = [];
  if (!NO_MYSQL) gateway = await freshGateway({ onStatement: (sql) => statements.push(sql) });
});

afterEach(async () => {
  await gateway?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The migrations as they were when there were so many. */
const firstOf = (count: number): string => {
  cpSync(MIGRATIONS, directory, { recursive: true });
  const file = join(directory, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return directory;
};

const write = async (sql: string): Promise<void> => {
  await mysqlHandle(gateway.url).$client.execute(sql);
};

/** Columns and indexes of all tables. */
const schemaOf = async ({ url }: FreshGateway): Promise<readonly unknown[]> => {
  const { $client: client } = mysqlHandle(url);
  const columns = await client.execute(`
    SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE, COLUMN_DEFAULT
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2`);
  const indexes = await client.execute(`
    SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, 3`);
  return [...columns.rows, ...indexes.rows];
};

describe.skipIf(NO_MYSQL)("a MySQL that is brought to the schema", () => {
  test("keeps what it has: totals begin without start values, runs of correction with none known", async () => {
    await migrateMySql(gateway.url, firstOf(1));
    await write(`INSERT INTO view_totals VALUES ('a', 3, 5, 7, 9, '${STAMP}')`);
    await write(
      "INSERT INTO correction_runs VALUES (3, 3600000, 2147483647, 'done', 8, 1, 2, 1, 'é')",
    );
    await migrateMySql(gateway.url);
    const { counts, corrections } = mysqlDatabase(gateway.url);
    expect(await counts.totals([content("a")])).toEqual([
      {
        ...{ content: "a", shard: 3, closed: 5, closedThrough: 7, published: 9 },
        ...{ start: 0, restated: 0, stamp: STAMP },
      },
    ]);
    const old = {
      ...{ shard: 3, hour: 3_600_000, run: 2 ** 31 - 1, reason: "hourly" as const },
      ...{ outcome: "done" as const, startedAt: 8, durationMs: 1, events: 2 },
      ...{ before: 0, after: 0, changed: 1, detail: "é" },
    };
    expect(await corrections.list({ limit: 2 })).toEqual([old]);
    const run = { ...old, run: Date.UTC(2026, 10, 21), startedAt: 9 };
    await corrections.record(run);
    expect(await corrections.list({ limit: 2 })).toEqual([run, old]);
  });

  test("keeps its regions, of no city, and takes cities beside them", async () => {
    await migrateMySql(gateway.url, firstOf(2));
    await write(`INSERT INTO view_uniques (content_id, day, shard_id, uniques, final, stamp)
      VALUES ('a', 20261121, 3, 6, 1, '${STAMP}')`);
    await write(`INSERT INTO view_regions (content_id, day, country, region, shard_id, views, final, stamp)
      VALUES ('a', 20261121, 'DE', 'BE', 3, 7, 1, '${STAMP}'), ('a', 20261121, 'XX', '', 3, 1, 1, '${STAMP}')`);
    await migrateMySql(gateway.url);
    await write(`INSERT INTO view_regions (content_id, day, country, region, city, shard_id, views, final, stamp)
      VALUES ('a', 20261121, 'DE', 'BE', 'Berlin', 3, 5, 1, '${STAMP}')`);
    const { statistics } = mysqlDatabase(gateway.url);
    const found = await statistics.regions(content("a"), 20_261_121, 20_261_122);
    expect(found.toSorted((a, b) => b.views - a.views)).toEqual([
      { country: "DE", region: "BE", city: "", views: 7 },
      { country: "DE", region: "BE", city: "Berlin", views: 5 },
      { country: "XX", region: "", city: "", views: 1 },
    ]);
  });

  test("once is enough: another time sends no migration", async () => {
    await migrateMySql(gateway.url);
    statements.length = 0;
    await migrateMySql(gateway.url);
    expect(statements.filter((sql) => /^\s*(ALTER|CREATE INDEX|INSERT)/i.test(sql))).toEqual([]);
  });

  test("whichever answer is lost, the next time goes on from there and comes to the same", async () => {
    await migrateMySql(gateway.url);
    const whole = await schemaOf(gateway);
    const isChange = (sql: string) =>
      /^\s*(ALTER TABLE `\w+` (ADD|MODIFY)|CREATE INDEX)/m.test(sql);
    const changes = new Set(statements.filter(isChange));
    expect(changes.size).toBeGreaterThanOrEqual(7);
    const other = await freshGateway();
    for (const change of changes) {
      other.faults.add({ when: (sql) => sql === change, fault: { kind: "apply-and-drop" } });
    }
    for (const _ of changes) {
      await expect(migrateMySql(other.url)).rejects.toMatchObject({ transient: true });
      await other.faults.settled();
    }
    await migrateMySql(other.url);
    expect(await schemaOf(other)).toEqual(whole);
    await other.close();
  });

  test("a statement that is wrong ends it, and is not taken for done", async () => {
    const refused = { kind: "sql-error", errno: 1054, message: "Unknown column" } as const;
    gateway.faults.add({ when: /ADD `views_before`/, fault: refused });
    await expect(migrateMySql(gateway.url)).rejects.toMatchObject({ transient: false });
    await migrateMySql(gateway.url);
    expect(await mysqlDatabase(gateway.url).corrections.list({ limit: 1 })).toEqual([]);
  });
});
