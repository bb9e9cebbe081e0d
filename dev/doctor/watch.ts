/** A line every few seconds about what a server does. */
import { setTimeout as pause } from "node:timers/promises";
import type { Query } from "./query.ts";
import { type Rates, ratesBetween, type Sample } from "./rates.ts";
import { readStatus } from "./read-server.ts";
import { MIB } from "./rule.ts";

interface Column {
  readonly name: string;
  readonly width: number;
  readonly value: (rates: Rates) => number | undefined;
  readonly decimals: number;
}

const scaled = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value * by;

const COLUMNS: readonly Column[] = [
  { name: "hit %", width: 7, decimals: 2, value: ({ hitRatio }) => scaled(hitRatio, 100) },
  { name: "rows/s", width: 9, decimals: 0, value: ({ rowsPerSecond }) => rowsPerSecond },
  {
    name: "redo MB/s",
    width: 10,
    decimals: 2,
    value: ({ redoBytesPerSecond }) => scaled(redoBytesPerSecond, 1e-6),
  },
  { name: "fsyncs/s", width: 9, decimals: 1, value: ({ fsyncsPerSecond }) => fsyncsPerSecond },
  {
    name: "ckpt MiB",
    width: 9,
    decimals: 1,
    value: ({ checkpointAgeBytes }) => scaled(checkpointAgeBytes, 1 / MIB),
  },
  { name: "dirty %", width: 8, decimals: 2, value: ({ dirtyShare }) => scaled(dirtyShare, 100) },
  { name: "running", width: 8, decimals: 0, value: ({ threadsRunning }) => threadsRunning },
  { name: "slow", width: 5, decimals: 0, value: ({ slowStatements }) => slowStatements },
];

const LINES_A_HEADER = 20;
const TIME_WIDTH = "00:00:00".length;

export interface Watch {
  readonly query: Query;
  readonly everyMs: number;
  readonly print: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Until `signal`; the first line comes after one interval. @throws as `query` does */
export const watch = async ({ query, everyMs, print, signal }: Watch): Promise<void> => {
  const sample = async (): Promise<Sample> => {
    const status = await readStatus(query);
    return { atMs: performance.now(), status };
  };
  let before = await sample();
  for (let line = 0; !signal.aborted; line++) {
    if (line % LINES_A_HEADER === 0) print(HEADER);
    // Its only way to fail is the signal.
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const after = await sample();
    print(renderRates(ratesBetween(before, after), new Date()));
    before = after;
  }
};

/** A line of `-` for what is not shown. */
export const renderRates = (rates: Rates, at: Date): string => {
  const cells = COLUMNS.map(({ width, value, decimals }) =>
    (value(rates)?.toFixed(decimals) ?? "-").padStart(width),
  );
  return at.toISOString().slice(11, 19) + cells.join("");
};

const HEADER =
  "UTC".padEnd(TIME_WIDTH) + COLUMNS.map(({ name, width }) => name.padStart(width)).join("");
