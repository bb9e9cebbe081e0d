import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Counts } from "./oracle.ts";

/** Objects of the raw log that can be written out as files. */
export interface DumpableLog {
  dump(folder: string): Promise<void>;
}

export interface RawFindings {
  readonly lines: number;
  readonly events: number;
  /** By `hour content`, what the lines say was counted when it came. */
  readonly rawCounted: Counts;
  /** The same counted anew, in SQL. */
  readonly recounted: Counts;
}

/**
 * What somebody finds who has nothing but the files and DuckDB. Visitors have a new key each reporting day; lines of
 * the minute after midnight have both, which is how the two are known to be one. The greedy rule goes through the times
 * of each content and visitor in their order, and keeps what is a minute or more after the last it kept.
 */
export const readRawLog = async (log: DumpableLog): Promise<RawFindings> => {
  const folder = await mkdtemp(join(tmpdir(), "headcount-raw-"));
  try {
    await log.dump(folder);
    return await query(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const query = async (folder: string): Promise<RawFindings> => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const read = async (sql: string): Promise<Counts> => {
    const rows = (await connection.runAndReadAll(sql)).getRows();
    return new Map(rows.map(([key, number]) => [String(key), Number(number)]));
  };
  try {
    await connection.run(linesOf(join(folder, "raw", "**", "*.ndjson.gz")));
    for (const sql of PREPARE) await connection.run(sql);
    const sizes = await read(
      "SELECT 'lines', COUNT(*) FROM lines UNION ALL SELECT 'events', COUNT(*) FROM events",
    );
    return {
      lines: sizes.get("lines") ?? 0,
      events: sizes.get("events") ?? 0,
      rawCounted: await read(
        `SELECT (t - t % 3600000) || ' ' || content, COUNT(*) FROM lines
         WHERE counted GROUP BY ALL`,
      ),
      recounted: await read(RECOUNT),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

/** `at` is a word of DuckDB's own. */
const linesOf = (files: string): string => `CREATE TABLE lines AS
  SELECT id, "at" AS t, content, visitor, prev, verdict, counted FROM read_json('${files}',
    format = 'newline_delimited', hive_partitioning = false,
    columns = {id: 'VARCHAR', "at": 'BIGINT', content: 'VARCHAR', visitor: 'VARCHAR', prev: 'VARCHAR',
      verdict: 'VARCHAR', counted: 'BOOLEAN'})`;

const PREPARE = [
  `CREATE TABLE events AS
   SELECT id, ANY_VALUE(t) AS t, ANY_VALUE(content) AS content, ANY_VALUE(visitor) AS visitor
   FROM lines WHERE verdict IN ('counted', 'duplicate', 'late') GROUP BY id`,
  "CREATE TABLE people AS SELECT DISTINCT visitor, prev FROM lines WHERE prev IS NOT NULL",
];

const RECOUNT = `
  WITH visits AS (
    SELECT content, COALESCE(prev, visitor) AS person, LIST([t] ORDER BY t, id) AS times
    FROM events LEFT JOIN people USING (visitor) GROUP BY ALL),
  kept AS (
    SELECT content, UNNEST(LIST_REDUCE(times, lambda kept, next:
      CASE WHEN next[1] - kept[-1] >= 60000 THEN LIST_CONCAT(kept, next) ELSE kept END)) AS t
    FROM visits)
  SELECT (t - t % 3600000) || ' ' || content, COUNT(*) FROM kept GROUP BY ALL`;
