import { createConnection, type RowDataPacket } from "mysql2/promise";
import { guardedDatabase } from "../../src/adapters/guarded-database.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { explainMySql } from "../../src/adapters/mysql/explain.ts";
import type { Database } from "../../src/ports/database.ts";
import type { Random } from "../../src/ports/random.ts";
import type { Timers } from "../../src/ports/timers.ts";
import type { MySqlAddress } from "../mysql/address.ts";
import { migrateMySql } from "../mysql/migrate.ts";
import { startGateway } from "../planetscale-gateway/gateway.ts";
import type { Evidence } from "./evidence.ts";
import type { Counts } from "./oracle.ts";
import type { RealWork } from "./real-work.ts";
import { ZONE_OFFSET_MS } from "./setting.ts";

export interface OpenDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

interface Around {
  readonly timers: Timers;
  readonly random: Random;
  readonly realWork: RealWork;
}

/** The app's own adapter and guard over PlanetScale's protocol into a real server. */
export const openDatabase = async (
  mysql: MySqlAddress,
  { timers, random, realWork }: Around,
): Promise<OpenDatabase> => {
  const gateway = await startGateway({ mysql, port: 0, user: "accuracy", password: "of-the-run" });
  await migrateMySql(gateway.url);
  const tables = Object.entries(mysqlDatabase(gateway.url)).map(([name, port]) => [
    name,
    realWork.wrap(port),
  ]);
  const database = guardedDatabase(Object.fromEntries(tables) as Database, {
    ...{ explain: explainMySql, timers, random },
  });
  return { database, close: () => gateway.close() };
};

type Rows = Pick<
  Evidence,
  "rows" | "days" | "uniques" | "movedUniques" | "summed" | "countries" | "regions" | "provisional"
>;

/** What stands in the tables, read from outside with statements of their own: `k` is a key, `n` a number. */
export const readRows = async (address: MySqlAddress): Promise<Rows> => {
  const connection = await createConnection({ ...address });
  const read = async (query: string): Promise<Counts> => {
    const [rows] = await connection.query<RowDataPacket[]>(query);
    return new Map(rows.map(({ k, n }) => [String(k), Number(n)]));
  };
  try {
    return {
      rows: await read(
        "SELECT CONCAT_WS(' ', hour, content_id, shard_id) AS k, views AS n FROM view_hourly",
      ),
      days: await read(`SELECT ${DAY_KEY} AS k, SUM(views) AS n FROM view_daily GROUP BY k`),
      uniques: await read(uniquesWhere("COUNT(*) = 1")),
      movedUniques: await read(uniquesWhere("COUNT(*) > 1")),
      summed: new Map([...(await read(HOURS)), ...(await read(DAYS_OF_HOURS))]),
      countries: await read(
        `SELECT CONCAT_WS(' ', day, content_id, country) AS k, SUM(views) AS n
         ${STANDING_REGIONS} GROUP BY k`,
      ),
      regions: await read(
        `SELECT CONCAT_WS(' ', day, content_id, country, region, city) AS k, views AS n
         ${STANDING_REGIONS} WHERE (SELECT COUNT(*) FROM view_uniques AS parts
           WHERE parts.content_id = standing.content_id AND parts.day = standing.day) = 1`,
      ),
      provisional: (await read(PROVISIONAL)).get("all") ?? 0,
    };
  } finally {
    await connection.end();
  }
};

/** A row of another run than the one that told the uniques says nothing any more. */
const STANDING_REGIONS = `FROM view_uniques AS standing
  JOIN view_regions USING (content_id, day, shard_id, stamp)`;

/** Shards' parts of a content and day make one number. */
const DAY_KEY = "CONCAT_WS(' ', day, content_id)";

const uniquesWhere = (shards: string): string =>
  `SELECT ${DAY_KEY} AS k, SUM(uniques) AS n FROM view_uniques GROUP BY k HAVING ${shards}`;

const HOURS = `SELECT CONCAT_WS(' ', hour, content_id) AS k, SUM(views) AS n
  FROM view_hourly GROUP BY k`;

const DAYS_OF_HOURS = `SELECT CONCAT_WS(' ', DATE_FORMAT(
    DATE_ADD('1970-01-01', INTERVAL (hour + ${ZONE_OFFSET_MS}) DIV 1000 SECOND), '%Y%m%d'
  ), content_id) AS k, SUM(views) AS n FROM view_hourly GROUP BY k`;

/** Regions that say something are as final as their uniques. */
const PROVISIONAL = `SELECT 'all' AS k, SUM(n) AS n FROM (
  ${["view_hourly", "view_daily", "view_uniques"]
    .map((table) => `SELECT COUNT(*) AS n FROM ${table} WHERE final = 0`)
    .join(" UNION ALL ")}) AS tables`;
