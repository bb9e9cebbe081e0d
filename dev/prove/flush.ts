/**
 * Whatever becomes of the statements, MySQL ends up with what the Tallies have: real Tallies flush through the app's
 * own adapter, its guard and PlanetScale's protocol into a real server, over a wire that loses, doubles and reorders.
 */
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { guardedDatabase } from "../../src/adapters/guarded-database.ts";
import { mysqlDatabase } from "../../src/adapters/mysql/database.ts";
import { explainMySql } from "../../src/adapters/mysql/explain.ts";
import { systemRandom, systemTimers } from "../../src/adapters/runtime/runtime.ts";
import { DATABASE_TIMEOUT_MS } from "../../src/core/limits.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { Timers } from "../../src/ports/timers.ts";
import { Prng } from "../../test/simulation/prng.ts";
import type { MySqlAddress } from "../mysql/address.ts";
import { migrateMySql } from "../mysql/migrate.ts";
import { startGateway } from "../planetscale-gateway/gateway.ts";
import { BrokenWire } from "./broken-wire.ts";
import { BusyTally } from "./busy-tally.ts";

export interface FlushOptions {
  /** An empty database. */
  readonly mysql: MySqlAddress;
  readonly flushes: number;
  readonly seed: number;
}

export interface FlushReport {
  readonly flushes: number;
  /** Flushes that failed or were cut off by an eviction. */
  readonly failedFlushes: number;
  /** That reached the gateway while the wire was broken. */
  readonly statements: number;
  /** How often each mishap befell a statement. */
  readonly mishaps: ReadonlyMap<string, number>;
  readonly cells: number;
  readonly totals: number;
  /** Rows that MySQL has otherwise than the Tally, not at all, or beyond. */
  readonly differingCells: number;
  readonly differingTotals: number;
}

const TALLIES = 4;
const BORN_AT = Date.UTC(2026, 10, 21);

/** Pauses and timeouts are this much shorter than deployed, so that a lost answer costs a moment. */
const HASTE = 50;

/** The guard has given up by then. */
const DELAY_MS = (1.5 * DATABASE_TIMEOUT_MS) / HASTE;

export const proveFlush = async ({ mysql, flushes, seed }: FlushOptions): Promise<FlushReport> => {
  const gateway = await startGateway({ mysql, port: 0, user: "prover", password: "of-the-proof" });
  try {
    await migrateMySql(gateway.url);
    let haste = HASTE;
    const timers: Timers = { start: (ms) => systemTimers.start(ms / haste) };
    const { counts } = guardedDatabase(mysqlDatabase(gateway.url), {
      ...{ explain: explainMySql, timers, random: systemRandom },
    });
    const prng = new Prng(seed);
    const tallies = Array.from({ length: TALLIES }, (_, shard) => {
      return new BusyTally({ shard, counts, bornAt: BORN_AT + shard, prng });
    });
    const wire = new BrokenWire({ random: () => prng.fraction(), delayMs: DELAY_MS });
    gateway.faults.choose(wire.next);
    await Promise.all(tallies.map((tally) => tally.live(flushes / TALLIES)));

    gateway.faults.clear();
    haste = 1;
    for (const tally of tallies) await tally.flushLast();
    wire.letAllGo();
    await gateway.faults.settled();
    return {
      flushes: sum(tallies.map((tally) => tally.flushes)),
      failedFlushes: sum(tallies.map((tally) => tally.failedFlushes)),
      statements: wire.statements,
      mishaps: wire.counts,
      ...(await compare(mysql, tallies)),
    };
  } finally {
    await gateway.close();
  }
};

const compare = async (mysql: MySqlAddress, tallies: readonly BusyTally[]) => {
  const connection = await createConnection({ ...mysql });
  const linesOf = async (query: string): Promise<readonly string[]> => {
    const [rows] = await connection.query<RowDataPacket[]>(query);
    return rows.map((row) => String(row.line));
  };
  try {
    const cells = await linesOf(
      "SELECT CONCAT_WS(' ', content_id, hour, shard_id, views, stamp) AS line FROM view_hourly",
    );
    const totals = await linesOf(
      "SELECT CONCAT_WS(' ', content_id, shard_id, published, stamp) AS line FROM view_totals",
    );
    return {
      cells: cells.length,
      totals: totals.length,
      differingCells: differences(cells, tallies.flatMap(cellLines)),
      differingTotals: differences(totals, tallies.flatMap(totalLines)),
    };
  } finally {
    await connection.end();
  }
};

const cellLines = ({ harness: { disk }, shard }: BusyTally): readonly string[] =>
  disk
    .read("SELECT content, hour, counted, version FROM cells")
    .map(({ content, hour, counted, version }) =>
      [content, hour, shard, counted, stampOf(shard, version)].join(" "),
    );

const totalLines = ({ harness: { disk }, shard }: BusyTally): readonly string[] =>
  disk
    .read("SELECT content, published, version FROM totals")
    .map(({ content, published, version }) =>
      [content, shard, published, stampOf(shard, version)].join(" "),
    );

const stampOf = (shard: number, version: unknown) => stamp(BORN_AT + shard, Number(version));

/** A row that differs is counted once, although its line is missing on both sides. */
const differences = (found: readonly string[], expected: readonly string[]): number => {
  const [here, there] = [new Set(found), new Set(expected)];
  const [beyond, missing] = [
    found.filter((line) => !there.has(line)),
    expected.filter((line) => !here.has(line)),
  ];
  return Math.max(beyond.length, missing.length);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
