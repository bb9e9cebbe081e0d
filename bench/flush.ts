/**
 * How many changed cells a second reach a MariaDB: by the adapter on workerd through the gateway, beside mysql2 doing the
 * same upserts over a socket. See `docs/performance.md`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createPool, type Pool } from "mysql2/promise";
import { upsertStatement } from "../src/adapters/mysql/forward-upsert.ts";
import { CRON_PARALLEL } from "../src/core/limits.ts";
import { viewHourly } from "../src/schema/mysql/views.ts";
import { postWork, startBenchWorker } from "./bench-worker.ts";
import { type FlushWork, laneCells } from "./flush-work.ts";
import { startPrivateMySql } from "./private-mysql.ts";
import { writeSection } from "./report-file.ts";
import { median } from "./statistics.ts";

interface Scenario {
  readonly name: string;
  readonly cells: number;
  readonly rowsPerStatement: number;
}

interface Writers {
  /** The product's way. */
  readonly gateway: (work: FlushWork) => Promise<void>;
  readonly mysql2: (work: FlushWork) => Promise<void>;
}

/** Fewer cells where a statement carries few, so that no run takes minutes. */
const BY_STATEMENT: readonly Scenario[] = [
  { name: "1 row a statement", cells: 5_000, rowsPerStatement: 1 },
  { name: "100 rows", cells: 100_000, rowsPerStatement: 100 },
  { name: "500 rows", cells: 100_000, rowsPerStatement: 500 },
  { name: "1,000 rows", cells: 100_000, rowsPerStatement: 1_000 },
  { name: "2,000 rows", cells: 100_000, rowsPerStatement: 2_000 },
];

const BY_CELLS: readonly Scenario[] = [
  { name: "10,000 changed cells", cells: 10_000, rowsPerStatement: 1_000 },
  { name: "100,000 changed cells", cells: 100_000, rowsPerStatement: 1_000 },
  { name: "1,000,000 changed cells", cells: 1_000_000, rowsPerStatement: 1_000 },
];

export const benchFlush = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      port: { type: "string", default: "18340" },
      write: { type: "boolean", default: false },
    },
  });
  const report = await withWriters(Number(values.port), async (writers) => {
    const measure = measurer(writers, Number(values.rounds));
    return [await table(BY_STATEMENT, measure), await table(BY_CELLS, measure)].join("\n\n");
  });
  console.log(`\n${report}`);
  if (values.write) writeSection("flush", report);
};

interface Rates {
  readonly gateway: number;
  readonly mysql2: number;
}

/** Rows are there before they are measured: a flush mostly changes what an earlier one wrote. */
const measurer = (writers: Writers, rounds: number) => {
  let version = 0;
  const rateOf = async (write: Writers["gateway"], scenario: Scenario): Promise<number> => {
    version += 1;
    const startedAt = performance.now();
    await write({ ...scenario, lanes: CRON_PARALLEL, version });
    return scenario.cells / ((performance.now() - startedAt) / 1_000);
  };
  return async (scenario: Scenario): Promise<Rates> => {
    await rateOf(writers.mysql2, { ...scenario, rowsPerStatement: 2_000 });
    const rates: Rates[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const gateway = await rateOf(writers.gateway, scenario);
      rates.push({ gateway, mysql2: await rateOf(writers.mysql2, scenario) });
    }
    console.log(`${scenario.name}: done`);
    return {
      gateway: median(rates.map(({ gateway }) => gateway)),
      mysql2: median(rates.map(({ mysql2 }) => mysql2)),
    };
  };
};

const table = async (
  scenarios: readonly Scenario[],
  measure: (scenario: Scenario) => Promise<Rates>,
): Promise<string> => {
  const lines = [
    "| | rows/s, adapter on workerd through the gateway | rows/s, mysql2 | ratio | seconds through the gateway |",
    "| --- | --- | --- | --- | --- |",
  ];
  const whole = (number: number) => Math.round(number).toLocaleString("en");
  for (const scenario of scenarios) {
    const { gateway, mysql2 } = await measure(scenario);
    const cells = [
      scenario.name,
      whole(gateway),
      whole(mysql2),
      (gateway / mysql2).toFixed(2),
      (scenario.cells / gateway).toFixed(2),
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
};

const withWriters = async <T>(port: number, work: (writers: Writers) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), "headcount-bench-"));
  const ends: (() => Promise<void>)[] = [];
  try {
    const mysql = await startPrivateMySql(directory);
    ends.unshift(mysql.stop);
    const client = await startBenchWorker({
      ...{ file: "flush-client.ts", directory: join(directory, "client") },
      ...{ port, core: undefined, secrets: { DATABASE_URL: mysql.url } },
    });
    ends.unshift(client.stop);
    const pool = createPool({ ...mysql.address, connectionLimit: CRON_PARALLEL });
    ends.unshift(() => pool.end());
    return await work({
      gateway: (it) => postWork(port, it),
      mysql2: (it) => writeBy(pool, it),
    });
  } finally {
    for (const end of ends) await end();
    rmSync(directory, { recursive: true });
  }
};

const writeBy = async (pool: Pool, work: FlushWork): Promise<void> => {
  const lane = async (index: number): Promise<void> => {
    for (const page of laneCells(work, index)) {
      const { text, values } = upsertStatement(viewHourly, page);
      await pool.query(text, values);
    }
  };
  await Promise.all(Array.from({ length: work.lanes }, (_, index) => lane(index)));
};
