/** Readers of MySQL that really replicate: three MariaDB, each behind a gateway of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { type Replicated, startReplicated } from "../../dev/mysql/replicated.ts";
import { type Gateway, startGateway } from "../../dev/planetscale-gateway/gateway.ts";
import { guardedDatabase } from "../../src/adapters/guarded-database.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { explainMySql } from "../../src/adapters/mysql/explain.ts";
import { databaseReaders } from "../../src/adapters/reader-roles.ts";
import { systemRandom, systemTimers } from "../../src/adapters/runtime/runtime.ts";
import { StatsReader } from "../../src/app/views/read-stats.ts";
import type { ContentId } from "../../src/core/ids.ts";
import { READER_CHECK_MS, READER_LAG_MS } from "../../src/core/limits.ts";
import { READER_ROLES, type ReaderRole } from "../../src/core/reader-roles.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { Database } from "../../src/ports/database.ts";
import type { DatabaseReaders } from "../../src/ports/database-readers.ts";
import { HandTime } from "../support/hand-time.ts";
import { REPLICATED_SETTINGS } from "../support/mariadb-setup.ts";
import { NO_MYSQL } from "../support/mysql.ts";
import { calendarOf } from "../support/naive-calendar.ts";

const MINUTE = 60_000;
const FLUSHES_EVERY = 5 * MINUTE;
const ACCESS_DENIED = 1142;
const content = "article" as ContentId;

/** The only one with views. */
const hour = Date.UTC(2026, 10, 21);

/** A server behind its gateway, and what came there. */
interface Stand {
  readonly gateway: Gateway;
  readonly database: Database;
  readonly statements: string[];
}

const openStand = async (mysql: Parameters<typeof startGateway>[0]["mysql"]): Promise<Stand> => {
  const statements: string[] = [];
  const gateway = await startGateway({
    ...{ mysql, port: 0, user: "tester", password: "of-the-tests" },
    onStatement: (sql) => statements.push(sql),
  });
  const deps = { explain: explainMySql, timers: systemTimers, random: systemRandom, attempts: 1 };
  return { gateway, database: guardedDatabase(mysqlDatabase(gateway.url), deps), statements };
};

describe.skipIf(NO_MYSQL)("readers that replicate", () => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-readers-"));
  let servers: Replicated;
  let writer: Stand;
  /** Of histories; rankings are its, too. */
  let history: Stand;
  let analytics: Stand;

  /** Goes on from test to test, as the writer's runs do. */
  const time = new HandTime();
  let readers: DatabaseReaders;
  let stats: StatsReader;
  const logged: string[] = [];
  let views = 0;

  const follower = (index: 0 | 1) => {
    const found = servers.followers[index];
    if (found === undefined) throw new Error("there are two");
    return found;
  };

  beforeAll(async () => {
    servers = await startReplicated(directory, 2, REPLICATED_SETTINGS);
    [writer, history, analytics] = await Promise.all([
      openStand(servers.writer.address),
      openStand(follower(0).readAddress),
      openStand(follower(1).readAddress),
    ]);
    await migrateMySql(writer.gateway.url);
    await caughtUp();
  });

  afterAll(async () => {
    await Promise.all([writer, history, analytics].map((stand) => stand?.gateway.close()));
    await servers?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  beforeEach(() => {
    const note = (event: string, fields: object) =>
      void logged.push([event, ...Object.values(fields)].join(" "));
    const log = { info: note, warn: note, error: note };
    const deps = { clock: time, timers: systemTimers, log };
    readers = databaseReaders({
      writer: writer.database,
      readers: {
        ranking: history.database,
        history: history.database,
        analytics: analytics.database,
      },
      ...deps,
    });
    stats = new StatsReader({ readers, calendar: calendarOf("UTC"), ...deps });
  });

  afterEach(() => {
    logged.length = 0;
    for (const { statements } of [writer, history, analytics]) statements.length = 0;
  });

  const caughtUp = () => Promise.all(servers.followers.map((one) => one.catchUp()));

  /** Some minutes later one more view is written, and then the row of the run, as a flush does. */
  const flush = async (): Promise<number> => {
    await time.pass(FLUSHES_EVERY);
    views += 1;
    const { counts, jobs } = writer.database;
    const cell = { content, hour, shard: 0, views, final: false, stamp: stamp(1, views) };
    await counts.saveCells([cell]);
    const run = { rows: 1, statements: 1, failures: 0, detail: "", durationMs: 0 };
    const startedAt = time.now();
    await jobs.record({ id: crypto.randomUUID(), job: "flush", startedAt, ...run });
    return views;
  };

  const pass = (ms: number) => time.pass(ms);

  const toldViews = async (consistency?: "strong"): Promise<number> => {
    const query = { content, granularity: "day", from: "2026-11-21", to: undefined } as const;
    const asked = { ...query, limit: 10 };
    const read = await (consistency ? stats.readStrong(asked) : stats.read(asked));
    if (read.status !== "read") throw new Error(read.status);
    return read.stats.total.views;
  };

  /** @returns who was asked for rows, of the first work that is done */
  const askedFor = async (role: ReaderRole): Promise<string[]> => {
    const before = [writer, history, analytics].map(({ statements }) => statements.length);
    await readers.read(role, ({ streams }) => streams.ranking(10));
    return ["writer", "history", "analytics"].filter((_, index) => {
      const stand = [writer, history, analytics][index];
      return stand?.statements.slice(before[index]).some((sql) => sql.includes("current_viewers"));
    });
  };

  test("each role is read from its own server, and what is written comes to the writer alone", async () => {
    const written = await flush();
    await caughtUp();
    expect(await toldViews()).toBe(written);
    for (const [role, server] of [
      ["ranking", "history"],
      ["history", "history"],
      ["analytics", "analytics"],
    ] as const) {
      expect(await askedFor(role)).toEqual([server]);
    }
    expect(writer.statements.some((sql) => /^insert/i.test(sql))).toBe(true);
    for (const { statements } of [history, analytics]) {
      expect(statements.length).toBeGreaterThan(0);
      expect(statements.filter((sql) => !/^select/i.test(sql))).toEqual([]);
    }
    expect(logged).toEqual([]);
  });

  test("a reader could not be written to if somebody tried", async () => {
    const entry = { id: crypto.randomUUID(), at: 0, actor: "a", action: "b", subject: "c" };
    const note = analytics.database.audit.note({ ...entry, before: null, after: null });
    await expect(note).rejects.toThrow(`MySQL error ${ACCESS_DENIED}`);
  });

  test("strong sees what was written a moment ago, which readers held back do not", async () => {
    const before = await flush();
    await caughtUp();
    await Promise.all(servers.followers.map((one) => one.holdBack()));
    try {
      const written = await flush();
      expect(await toldViews()).toBe(before);
      expect(await toldViews("strong")).toBe(written);
    } finally {
      await Promise.all(servers.followers.map((one) => one.carryOn()));
    }
    await caughtUp();
    expect(await toldViews()).toBe(views);
  });

  test("a reader that stands still is not asked once a flush is missed for too long: no answer is older than that, and it is asked again when it has caught up", async () => {
    await flush();
    await caughtUp();
    expect(await askedFor("analytics")).toEqual(["analytics"]);
    const lagging = follower(1);
    await lagging.holdBack();
    try {
      for (let i = 0; i < 3; i += 1) {
        const before = views;
        const written = await flush();
        await follower(0).catchUp();
        for (const passed of [5_000, 15_000, 25_000, 35_000, 45_000, 55_000]) {
          const isDue = passed > READER_LAG_MS + READER_CHECK_MS;
          expect(await toldViews()).toBeGreaterThanOrEqual(isDue ? written : before);
          await pass(10_000);
        }
        expect(await askedFor("analytics")).toEqual(["history"]);
      }
      expect(logged).toEqual([expect.stringMatching(/^reader.lagging analytics \d+$/)]);
    } finally {
      await lagging.carryOn();
    }
    await lagging.catchUp();
    await pass(READER_CHECK_MS);
    expect(await askedFor("analytics")).toEqual(["analytics"]);
    expect(await toldViews()).toBe(views);
    expect(logged).toContain("reader.back analytics");
  });

  test("one reader killed, the other answers; both killed, the writer; restarted, they catch up and are asked again", async () => {
    await flush();
    await caughtUp();
    expect(await askedFor("history")).toEqual(["history"]);
    await follower(0).kill();
    expect(await askedFor("history")).toContain("analytics");
    await follower(1).kill();
    const written = await flush();
    expect(await askedFor("history")).toContain("writer");
    expect(await toldViews()).toBe(written);
    expect(new Set(logged)).toEqual(new Set(["reader.failed analytics", "reader.failed ranking"]));
    expect(logged).toHaveLength(2);

    await Promise.all(servers.followers.map((one) => one.restart()));
    await caughtUp();
    await pass(READER_LAG_MS + READER_CHECK_MS);
    for (const role of READER_ROLES) {
      expect(await askedFor(role)).toEqual([role === "analytics" ? "analytics" : "history"]);
    }
    expect(await toldViews()).toBe(written);
    expect(logged).toContain("reader.back ranking");
    expect(logged).toContain("reader.back analytics");
  });

  test("the writer killed, readers go on, and one that lags helps when there is no other", async () => {
    const written = await flush();
    await caughtUp();
    await follower(1).holdBack();
    const newest = await flush();
    await follower(0).catchUp();
    await pass(READER_LAG_MS + READER_CHECK_MS);
    expect(await toldViews()).toBe(newest);
    await servers.writer.kill();
    for (let i = 0; i < 3; i += 1) {
      await pass(READER_CHECK_MS);
      expect(await toldViews()).toBe(newest);
    }
    await follower(0).kill();
    expect(await toldViews()).toBe(written);
    await expect(toldViews("strong")).rejects.toThrow("unavailable");
    await follower(1).kill();
    await expect(readers.read("ranking", ({ streams }) => streams.ranking(10))).rejects.toThrow();
  });
});
