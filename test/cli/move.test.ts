import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Bookmark } from "../../cli/move/bookmark.ts";
import { openLocalD1 } from "../../cli/move/local-d1.ts";
import { move } from "../../cli/move/move.ts";
import { openSource } from "../../cli/move/source.ts";
import { MOVE_TABLES } from "../../cli/move/tables.ts";
import { openTarget } from "../../cli/move/target.ts";
import { isSound, type Verdict, verifyTable } from "../../cli/move/verify.ts";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import type { FaultKind } from "../../dev/planetscale-gateway/faults.ts";
import type { Row } from "../../src/adapters/sql/row-table.ts";
import { stamp } from "../../src/core/stamp.ts";
import { deleteRows, type FreshGateway, freshGateway, NO_MYSQL } from "../support/mysql.ts";
import { oddRow } from "./support/odd-rows.ts";
import {
  contentsOfD1,
  contentsOfMySql,
  fillD1,
  freshState,
  removeStates,
  runOnD1,
  runOnMySql,
} from "./support/state.ts";
import { oddRows, tableNamed } from "./support/tables.ts";

describe.skipIf(NO_MYSQL)("a move from D1 to MySQL", () => {
  let gateway: FreshGateway;
  let state: string;
  let inserts: string[] = [];
  let opened: ReturnType<typeof openSides> | undefined;

  beforeAll(async () => {
    gateway = await freshGateway({
      onStatement: (sql) => {
        if (sql.startsWith("INSERT INTO")) inserts.push(sql);
      },
    });
    await migrateMySql(gateway.url);
  });
  afterAll(async () => {
    await gateway?.close();
    removeStates();
  });

  beforeEach(async () => {
    state = await freshState();
    await deleteRows(gateway.address);
    inserts = [];
  });
  afterEach(async () => {
    gateway.faults.clear();
    const left = await opened?.catch(() => undefined);
    opened = undefined;
    await left?.source.close();
  });

  const never = new AbortController().signal;
  const NOTHING: Bookmark = { pair: "", tables: {} };

  /** Opened by the first who asks: what stands in D1 has to stand there by then. */
  const sides = () => {
    opened ??= openSides();
    return opened;
  };

  const openSides = async () => ({
    source: await openSource(await openLocalD1(state)),
    target: openTarget(gateway.url, never),
    report: () => undefined,
    signal: never,
  });

  const moveAll = async (from = NOTHING, save: (bookmark: Bookmark) => void = () => undefined) =>
    move({ ...(await sides()), tables: MOVE_TABLES, save }, from);

  const verifyAll = async () => {
    const verdicts: Record<string, Verdict> = {};
    for (const table of MOVE_TABLES) verdicts[table.name] = await verifyTable(await sides(), table);
    return verdicts;
  };

  const expectEqual = async (): Promise<void> => {
    expect(await contentsOfMySql(gateway.address)).toEqual(contentsOfD1(state));
    expect(Object.values(await verifyAll()).filter((verdict) => !isSound(verdict))).toEqual([]);
  };

  test("brings every table over as it is, odd values and all, and a second one changes nothing", async () => {
    await fillD1(state, oddRows(13));
    await moveAll();
    await expectEqual();
    await moveAll();
    await expectEqual();
  });

  test("has the whole of a table that ends with a full page, and of one that goes on for a row", async () => {
    const hourly = tableNamed("view_hourly");
    const audit = tableNamed("audit_log");
    await fillD1(state, [
      ...oddRows(hourly.pageRows * 2, [hourly]),
      ...oddRows(audit.pageRows * 2 + 1, [audit]),
    ]);
    await moveAll();
    await expectEqual();
    expect(inserts).toHaveLength(2 + 3);
  });

  test.for<FaultKind>([
    { kind: "refuse" },
    { kind: "status", status: 503, body: "html" },
    { kind: "cut" },
    { kind: "apply-and-drop" },
    { kind: "sql-error", errno: 1213 },
  ])("is not harmed by $kind in the middle", async (fault) => {
    const hourly = tableNamed("view_hourly");
    await fillD1(state, [...oddRows(5), ...extra(hourly.pageRows)]);
    gateway.faults.add({ when: /^INSERT INTO `contents`/, fault });
    gateway.faults.add({ when: /^INSERT INTO `view_hourly`/, times: 2, fault });
    gateway.faults.add({ when: /^SELECT /i, fault });
    await moveAll();
    await gateway.faults.settled();
    await expectEqual();
  });

  const extra = (rows: number) => {
    const table = tableNamed("view_hourly");
    return [{ table, rows: Array.from({ length: rows }, (_, n) => oddRow(table, 1_000 + n)) }];
  };

  test("goes on from any bookmark, moves nothing twice before it, and all of what follows", async () => {
    await fillD1(state, [...oddRows(3), ...extra(2_000)]);
    const saved: { readonly bookmark: Bookmark; readonly written: number }[] = [];
    await moveAll(NOTHING, (bookmark) => saved.push({ bookmark, written: inserts.length }));
    const all = inserts;
    const inHourly = saved.filter(({ bookmark }) => bookmark.tables.view_hourly?.done === false);
    expect(inHourly.length).toBeGreaterThan(2);
    for (const { bookmark, written } of [...inHourly, ...saved.slice(-1)]) {
      for (const { name } of MOVE_TABLES) {
        if (bookmark.tables[name] === undefined) await emptyInTarget(name);
      }
      inserts = [];
      await moveAll(bookmark);
      expect(inserts).toEqual(all.slice(written));
      await expectEqual();
    }
  });

  const emptyInTarget = (name: string) => runOnMySql(gateway.address, `DELETE FROM \`${name}\``);

  test("leaves what is newer in the target, replaces what is older, and says so", async () => {
    const hourly = tableNamed("view_hourly");
    const contents = tableNamed("contents");
    const exclusions = tableNamed("exclusions");
    const keys = tableNamed("access_keys");
    const categories = tableNamed("categories");
    const audit = tableNamed("audit_log");
    const both = (table: typeof hourly, source: Row, target: Row) => ({ table, source, target });
    const rowsOf = (table: typeof hourly, n: number, source: Row, target: Row) =>
      both(table, { ...oddRow(table, n), ...source }, { ...oddRow(table, n), ...target });
    const newer = [
      rowsOf(hourly, 1, { views: 5, stamp: stamp(9, 1) }, { views: 6, stamp: stamp(10, 0) }),
      rowsOf(contents, 1, { title: "old", updatedAt: 5 }, { title: "new", updatedAt: 6 }),
      rowsOf(exclusions, 1, { revokedAt: null }, { revokedAt: 7 }),
      rowsOf(keys, 1, { revoked: false }, { revoked: true }),
    ];
    const older = [
      rowsOf(hourly, 2, { views: 5, stamp: stamp(9, 2) }, { views: 6, stamp: stamp(9, 1) }),
      rowsOf(contents, 2, { title: "new", updatedAt: 6 }, { title: "old", updatedAt: 5 }),
      rowsOf(contents, 4, { title: "same time", updatedAt: 6 }, { title: "?", updatedAt: 6 }),
      rowsOf(exclusions, 2, { revokedAt: 7 }, { revokedAt: null }),
      rowsOf(keys, 2, { revoked: true }, { revoked: false }),
      rowsOf(categories, 2, { title: "source" }, { title: "target" }),
    ];
    const target = openTarget(gateway.url, never);
    for (const pair of [...newer, ...older]) await target.write(pair.table, [pair.target]);
    await target.write(audit, [oddRow(audit, 3)]);
    await fillD1(
      state,
      [...newer, ...older].map(({ table, source }) => ({ table, rows: [source] })),
    );
    await moveAll();

    for (const { table, target: row } of newer) {
      expect(await target.rowsOf(table, [table.keys.map((key) => row[key])])).toEqual([row]);
    }
    for (const { table, source: row } of older) {
      expect(await target.rowsOf(table, [table.keys.map((key) => row[key])])).toEqual([row]);
    }
    const verdicts = await verifyAll();
    for (const { table } of newer) {
      expect(verdicts[table.name]).toMatchObject({ newer: 1, missing: 0, different: 0 });
    }
    expect(verdicts.audit_log).toMatchObject({ source: { rows: 0 }, target: { rows: 1 } });
    expect(Object.values(verdicts).every(isSound)).toBe(true);
  });

  test("is found wanting by its verification: what is missing, and what is different, by key", async () => {
    await fillD1(state, oddRows(30));
    await moveAll();
    await runOnMySql(gateway.address, "UPDATE view_hourly SET views = 77 WHERE hour = 4");
    await runOnMySql(gateway.address, "DELETE FROM view_hourly WHERE hour = 6");
    await runOnMySql(gateway.address, "UPDATE audit_log SET detail = 'x'");
    const { view_hourly: hourly, audit_log: audit, ...others } = await verifyAll();
    expect(hourly).toMatchObject({ missing: 1, different: 1, newer: 0 });
    expect(hourly?.examples).toEqual(['different ["k4",4,4]', 'missing ["k6",6,6]']);
    expect(audit).toMatchObject({ missing: 0, different: 30 });
    expect(audit?.examples).toHaveLength(10);
    expect(Object.values(others).every(isSound)).toBe(true);
  });

  test("names a row that the target does not take, and keeps the page's others", async () => {
    await fillD1(state, oddRows(3, [tableNamed("users")]));
    runOnD1(state, "INSERT INTO users VALUES ('k2é', 'n', 1, 1)");
    await expect(moveAll()).rejects.toThrow(
      'users ["k2é"] is refused by the target: MySQL error 1366',
    );
    expect((await contentsOfMySql(gateway.address)).users).toHaveLength(3);
  });

  test("of an older schema is refused before anything is written", async () => {
    runOnD1(state, "ALTER TABLE view_totals DROP COLUMN closed_through");
    await expect(moveAll()).rejects.toThrow("has not the schema of this version");
    expect(inserts).toEqual([]);
  });
});
