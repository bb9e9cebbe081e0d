import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MySqlAddress } from "../../dev/mysql/address.ts";
import { type MariaDb, startMariaDb } from "../../dev/mysql/mariadb.ts";
import { migrateMySql } from "../../dev/mysql/migrate.ts";
import { type Gateway, startGateway } from "../../dev/planetscale-gateway/gateway.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { MOST_VIEWED_STATEMENT_TIMEOUT_MS } from "../../src/core/limits.ts";
import type { Database } from "../../src/ports/database.ts";
import { content } from "../support/events.ts";
import { FAST_SETTINGS } from "../support/mariadb-setup.ts";
import { cutMonths, fillTables } from "../support/million-rows.ts";
import { freshDatabase, NO_MYSQL } from "../support/mysql.ts";
import {
  complaintsOf,
  type QueryPlan,
  readPlan,
  readPlans,
  type WantedPlan,
} from "../support/query-plan.ts";

interface Case {
  readonly name: string;
  readonly ask: (database: Database) => Promise<unknown>;
  readonly wanted: WantedPlan;
  /** Takes away what the plan stands on. */
  readonly spoil: string;
}

const from = Date.UTC(2026, 4, 10);
const to = Date.UTC(2026, 5, 20);
const month = (number: number) => `m2026${`${number}`.padStart(2, "0")}`;
const asked = ["m202605", "m202606"];
const MONTHS_FROM_MAY = [...[5, 6, 7, 8, 9, 10, 11, 12].map(month), "pmax"];
const TIME_COLUMNS = {
  view_hourly: "hour",
  viewer_history: "recorded_at",
  daily_statistics: "day",
} as const;
const uncut = (table: keyof typeof TIME_COLUMNS) =>
  `ALTER TABLE ${table} PARTITION BY RANGE (${TIME_COLUMNS[table]}) (PARTITION pmax VALUES LESS THAN MAXVALUE)`;

const CASES: readonly Case[] = [
  {
    name: "the ranking of live streams reads the front page's index from its beginning and no row",
    ask: ({ streams }) => streams.ranking(50),
    wanted: { key: "current_viewers_front", covering: true },
    spoil: "ALTER TABLE current_viewers DROP INDEX current_viewers_front",
  },
  {
    name: "the ranking of a category reads the category's index and no row",
    ask: ({ streams }) => streams.ranking(50, "category-1"),
    wanted: { key: "current_viewers_category", covering: true },
    spoil: "ALTER TABLE current_viewers DROP INDEX current_viewers_category",
  },
  {
    name: "the history of a stream reads its rows in the partitions of the time asked for",
    ask: ({ streams }) => streams.history("s-0000700", from, to),
    wanted: { key: "PRIMARY", partitions: asked, rows: 200 },
    spoil: uncut("viewer_history"),
  },
  {
    name: "the history of a broadcaster is summed along its index in the partitions of the time asked for",
    ask: ({ streams }) => streams.broadcasterHistory("b-0100", from, to),
    wanted: { key: "viewer_history_by_broadcaster", partitions: asked, rows: 800 },
    spoil: "ALTER TABLE viewer_history DROP INDEX viewer_history_by_broadcaster",
  },
  {
    name: "the last numbers of a stream are one row of the primary key",
    ask: ({ streams }) => streams.currents(["s-0000700"]),
    wanted: { key: "PRIMARY", rows: 1 },
    spoil: "ALTER TABLE current_viewers DROP PRIMARY KEY",
  },
  {
    name: "the days of a stream are its rows in the partitions of the time asked for",
    ask: ({ streams }) => streams.days("s-0000070", 20_260_510, 20_260_620),
    wanted: { key: "PRIMARY", partitions: asked, rows: 80 },
    spoil: uncut("daily_statistics"),
  },
  {
    name: "the days of a broadcaster are summed along its index in the partitions of the time asked for",
    ask: ({ streams }) => streams.broadcasterDays("b-0010", 20_260_510, 20_260_620),
    wanted: { key: "daily_statistics_by_broadcaster", partitions: asked, rows: 400 },
    spoil: "ALTER TABLE daily_statistics DROP INDEX daily_statistics_by_broadcaster",
  },
  {
    name: "a content's statistics by the hour read its rows in the partitions of the time asked for",
    ask: ({ counts }) => counts.hours(content("c-0700"), from, to),
    wanted: { key: "PRIMARY", partitions: asked, rows: 200 },
    spoil: uncut("view_hourly"),
  },
  {
    name: "the totals of many contents are looked up by the primary key",
    ask: ({ counts }) => counts.totals(["c-0001", "c-0700", "c-0900"].map(content)),
    wanted: { key: "PRIMARY", rows: 100 },
    spoil: "ALTER TABLE view_totals DROP PRIMARY KEY",
  },
  {
    name: "a page of a shard's cells walks the primary key from the page before, in the partitions asked for",
    ask: ({ shards }) =>
      shards.cells(3, { content: content("c-0700"), hour: Date.UTC(2026, 5) }, 1_000, from),
    wanted: { key: "PRIMARY", partitions: MONTHS_FROM_MAY },
    spoil: "ALTER TABLE view_hourly DROP PRIMARY KEY",
  },
  {
    name: "a page of a shard's totals is a piece of its index",
    ask: ({ shards }) => shards.totals(3, { content: content("c-0020") }, 10),
    wanted: { key: "view_totals_by_shard" },
    spoil: "ALTER TABLE view_totals DROP INDEX view_totals_by_shard",
  },
  {
    name: "a content's days are looked up by the primary key",
    ask: ({ statistics }) => statistics.days(content("c-0700"), 20_260_110, 20_260_203),
    wanted: { key: "PRIMARY", rows: 400 },
    spoil: "ALTER TABLE view_daily DROP PRIMARY KEY",
  },
  {
    name: "the latest runs of correction are the end of the index by time",
    ask: ({ corrections }) => corrections.list({ limit: 50, before: 5_000 }),
    wanted: { key: "correction_runs_by_time" },
    spoil: "ALTER TABLE correction_runs DROP INDEX correction_runs_by_time",
  },
  {
    name: "the last run of a job is the end of the job's index",
    ask: ({ jobs }) => jobs.last("flush"),
    wanted: { key: "job_runs_by_job" },
    spoil: "ALTER TABLE job_runs DROP INDEX job_runs_by_job",
  },
  {
    name: "a job's recent runs are too",
    ask: ({ jobs }) => jobs.recent("flush", 20),
    wanted: { key: "job_runs_by_job" },
    spoil: "ALTER TABLE job_runs DROP INDEX IF EXISTS job_runs_by_job",
  },
];

/** All the days that there are, and two of the hours. */
const RANKED = {
  days: { from: 20_260_101, to: 20_260_226 },
  hours: { from, to: from + 2 * 86_400_000 },
};

const RANKED_BY = {
  view_daily: { key: "view_daily_by_day", partitions: [] },
  view_hourly: { key: "view_hourly_by_hour", partitions: ["m202605"] },
} as const;

/** Of tables that rankings sum: what they sort and put aside is not looked at, only how they get at rows. */
const rankedPlans = (plans: readonly QueryPlan[]) =>
  plans
    .filter(({ table }) => table in RANKED_BY)
    .map(({ table, key, partitions, extra }) => ({
      ...{ table, key, partitions, covering: /Using index(?! condition)/.test(extra) },
    }));

const WANTED_OF_RANKINGS = Object.entries(RANKED_BY).map(([table, wanted]) => ({
  ...{ table, ...wanted, covering: true },
}));

describe.skipIf(NO_MYSQL)("plans of the app's own queries", () => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-explain-"));
  let server: MariaDb;

  beforeAll(async () => {
    const large = ["--innodb-buffer-pool-size=512M", "--innodb-log-file-size=512M"];
    const settings = [...FAST_SETTINGS, ...large];
    server = await startMariaDb({ directory, settings });
  });

  afterAll(async () => {
    await server.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  /** With the migrations, months and rows; whatever the app sends it is in `statements`. */
  const openFilled = async (rows: number, days: number) => {
    const { address } = await freshDatabase(server.socketPath);
    const statements: string[] = [];
    const gateway = await startGateway({
      ...{ mysql: address, port: 0, user: "u", password: "p" },
      onStatement: (sql) => statements.push(sql),
    });
    await migrateMySql(gateway.url);
    const connection = await createConnection({ ...address });
    await cutMonths(connection);
    await fillTables(address, rows, days);
    return { address, gateway, connection, statements };
  };

  const planOf = async (
    { address, gateway, statements }: Opened,
    ask: Case["ask"],
  ): Promise<QueryPlan> => {
    statements.length = 0;
    await ask(mysqlDatabase(gateway.url));
    const [query, ...more] = statements;
    if (query === undefined || more.length > 0) throw new Error("not one statement");
    return readPlan(address, query);
  };

  /** Of each of the two statements. */
  const plansOfRanking = async ({ address, gateway, statements }: Opened) => {
    statements.length = 0;
    await mysqlDatabase(gateway.url).statistics.mostViewed(RANKED, 100);
    const queries = [...statements];
    return Promise.all(queries.map(async (query) => rankedPlans(await readPlans(address, query))));
  };

  const close = async ({ gateway, connection }: Opened): Promise<void> => {
    await connection.end();
    await gateway.close();
  };

  describe("over 400,000 rows a table, and a million of days", () => {
    let opened: Opened;

    beforeAll(async () => {
      opened = await openFilled(400_000, 1_000_000);
    }, 180_000);

    afterAll(() => close(opened));

    test.for(CASES)("$name", async ({ ask, wanted }) => {
      const plan = await planOf(opened, ask);
      expect({ plan, complaints: complaintsOf(plan, wanted) }).toEqual({ plan, complaints: [] });
    });

    test("rankings sum days and hours along indexes by time, and read no row of the tables", async () => {
      expect(await plansOfRanking(opened)).toEqual([WANTED_OF_RANKINGS, WANTED_OF_RANKINGS]);
    });

    test("a ranking over a million rows of days is there long before it is given up", async () => {
      const { all } = await mysqlDatabase(
        opened.gateway.url,
        MOST_VIEWED_STATEMENT_TIMEOUT_MS / 2,
      ).statistics.mostViewed(RANKED, 100);
      expect(all).toHaveLength(100);
    });
  });

  describe("with an index or the months taken away", () => {
    let opened: Opened;

    beforeAll(async () => {
      opened = await openFilled(50_000, 50_000);
    }, 60_000);

    afterAll(() => close(opened));

    test.for(CASES)("no longer: $name", async ({ ask, wanted, spoil }) => {
      await opened.connection.query(spoil);
      expect(complaintsOf(await planOf(opened, ask), wanted)).not.toEqual([]);
    });

    test.for([
      "ALTER TABLE view_daily DROP INDEX view_daily_by_day",
      "ALTER TABLE view_hourly DROP INDEX view_hourly_by_hour",
    ])("no longer: rankings along indexes by time, after %s", async (spoil) => {
      await opened.connection.query(spoil);
      for (const plans of await plansOfRanking(opened)) {
        expect(plans).not.toEqual(WANTED_OF_RANKINGS);
      }
    });
  });
});

interface Opened {
  readonly address: MySqlAddress;
  readonly gateway: Gateway;
  readonly connection: Connection;
  readonly statements: string[];
}
