/** Tables as they are after a year: partitions cut by month, and up to a million rows made by the server itself. */
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { MySqlAddress } from "../../dev/mysql/address.ts";

const MONTHS_FROM = Date.UTC(2025, 11);
const MONTHS = 13;

/** Each content has a cell every so many hours, each stream a sample: over twelve months. */
const ROWS_EACH = 500;
const STEP_MS = 17 * 3_600_000;

const monthAfter = (months: number): number => Date.UTC(2025, 11 + months);

const dayNumber = (at: number): number =>
  Number(new Date(at).toISOString().slice(0, 10).replaceAll("-", ""));

/** `m202601` has the rows of January 2026. */
export const monthName = (at: number): string =>
  `m${new Date(at).toISOString().slice(0, 7).replace("-", "")}`;

/** The months of the rows, whenever the tests run; those that the migrations made are for today. */
export const cutMonths = async (connection: Connection): Promise<void> => {
  const months = Array.from(
    { length: MONTHS },
    (_, i) => `PARTITION ${monthName(monthAfter(i))} VALUES LESS THAN (${monthAfter(i + 1)})`,
  );
  const parts = [...months, "PARTITION pmax VALUES LESS THAN MAXVALUE"].join(", ");
  const days = parts.replace(/\(\d+\)/g, (bound) => `(${dayNumber(Number(bound.slice(1, -1)))})`);
  const tables = { viewer_history: "recorded_at", view_hourly: "hour" };
  for (const [table, column] of Object.entries(tables)) {
    await connection.query(`ALTER TABLE ${table} PARTITION BY RANGE (${column}) (${parts})`);
  }
  await connection.query(`ALTER TABLE daily_statistics PARTITION BY RANGE (day) (${days})`);
};

/**
 * In the order of the primary keys, and nearly so in that of the indexes. Streams are called `s-0000001`, contents
 * `c-0000`, broadcasters `b-0000`; the streams with the most viewers come first.
 * @param rows of `current_viewers`, `viewer_history` and `view_hourly` each; a multiple of 500
 * @param days rows of `view_daily`, of which rankings sum the most
 */
export const fillTables = async (
  address: MySqlAddress,
  rows: number,
  days: number,
): Promise<void> => {
  const each = `seq DIV ${ROWS_EACH}`;
  const at = `${MONTHS_FROM} + (seq MOD ${ROWS_EACH}) * ${STEP_MS}`;
  const named = (letter: string, number: string, digits = 4) =>
    `CONCAT('${letter}-', LPAD(${number}, ${digits}, '0'))`;
  const stamp = "'0mhvu2g00-00000000001'";
  const from = `FROM seq_0_to_${rows - 1}`;
  const statements = [
    `INSERT INTO current_viewers SELECT ${named("s", "seq", 7)}, ${named("b", "seq DIV 4", 6)},
      CONCAT('category-', seq MOD 20), ELT(1 + seq MOD 10, 'live', 'live', 'syncing', 'ended', 'ended',
      'ended', 'ended', 'ended', 'ended', 'ended'), (${rows} - seq) DIV 3, 0, 0, 0,
      ${MONTHS_FROM} + seq, ${MONTHS_FROM}, ${stamp} ${from}`,
    `INSERT INTO viewer_history SELECT ${named("s", each, 7)}, ${at}, ${named("b", `seq DIV ${4 * ROWS_EACH}`)},
      seq MOD 1000, seq MOD 1000, ${stamp} ${from}`,
    `INSERT INTO view_hourly SELECT ${named("c", each)}, ${at}, seq MOD 8, 1, 1, ${stamp} ${from}`,
    `INSERT INTO view_totals (content_id, shard_id, closed, closed_through, published, stamp)
      SELECT ${named("c", "seq DIV 8")}, seq MOD 8, 0, 0, 1, ${stamp}
      FROM seq_0_to_${rows / 50}`,
    `INSERT INTO view_daily SELECT ${named("c", "seq DIV 400")}, 20260101 + ((seq DIV 8) MOD 50 DIV 25) * 100 +
      (seq DIV 8) MOD 25, seq MOD 8, 1, 1, ${stamp} FROM seq_0_to_${days - 1}`,
    `INSERT INTO daily_statistics SELECT ${named("s", "seq DIV 250", 7)},
      20260101 + ((seq MOD 250) DIV 25) * 100 + seq MOD 25, ${named("b", "seq DIV 1000")}, 1, 1, 1, 1, 1, ${stamp}
      FROM seq_0_to_${rows / 2 - 1}`,
    `INSERT INTO correction_runs (shard_id, hour, run, outcome, started_at, duration_ms, events, changed, detail)
      SELECT seq MOD 8, ${MONTHS_FROM}, seq, 'done', seq DIV 2, 1, 1, 1, '' FROM seq_0_to_${rows / 50}`,
    `INSERT INTO job_runs SELECT seq, ELT(1 + seq MOD 2, 'flush', 'correct'), ${MONTHS_FROM} + seq, 0, 0, 0, 0, ''
      FROM seq_0_to_${rows / 50}`,
  ];
  const indexes = await takeIndexes(address, [
    "current_viewers",
    "viewer_history",
    "daily_statistics",
    "view_daily",
    "view_hourly",
  ]);
  await Promise.all(statements.map((statement) => runAlone(address, statement)));
  for (const index of indexes) await runAlone(address, index);
  const tables =
    "current_viewers, viewer_history, view_hourly, view_totals, view_daily, daily_statistics, correction_runs, job_runs";
  await runAlone(address, `ANALYZE TABLE ${tables}`);
};

/** An index made at the end is sorted once. @returns the statements that make them again, as the migrations did */
const takeIndexes = async (
  address: MySqlAddress,
  tables: readonly string[],
): Promise<readonly string[]> => {
  const statements: string[] = [];
  for (const table of tables) {
    const [shown] = await runAlone(address, `SHOW CREATE TABLE ${table}`);
    const keys = [...String(shown?.["Create Table"]).matchAll(/^ {2}KEY (`\w+`).*\)/gm)];
    const drop = keys.map(([, name]) => `DROP KEY ${name}`);
    const add = keys.map(([definition]) => `ADD ${definition.trim()}`);
    await runAlone(address, `ALTER TABLE ${table} ${drop.join(", ")}`);
    statements.push(`ALTER TABLE ${table} ${add.join(", ")}`);
  }
  return statements;
};

/** Over a connection of its own: the server fills several tables at a time. */
const runAlone = async (
  address: MySqlAddress,
  statement: string,
): Promise<readonly RowDataPacket[]> => {
  const connection = await createConnection({ ...address });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(statement);
    return rows;
  } finally {
    await connection.end();
  }
};
