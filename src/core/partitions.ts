/**
 * Tables of rows that age are cut into months or days, so that what is too old goes in one step. A row's time stands in
 * a column of the table's own unit, and so do the bounds of its partitions; months and days are those of UTC.
 */
import { DAYS_AHEAD, MONTHS_AHEAD, ROWS_KEPT_MONTHS, SESSIONS_KEPT_DAYS } from "./limits.ts";

export type AgeingTable = "viewer_history" | "view_hourly" | "daily_statistics" | "user_sessions";

/** A partition's rows lie below its bound and at or above the bound of the one before. */
export interface NewPartition {
  /** The month or day it holds: `p202611`, `p20261122`. */
  readonly name: string;
  /** In the unit of the table's time column. */
  readonly below: number;
}

export interface Partition {
  readonly name: string;
  /** Absent: the catch-all, which takes in whatever lies above the last bound. */
  readonly below: number | undefined;
}

interface Ageing {
  readonly period: "month" | "day";
  /** What the time column holds: unix ms, or the UTC date as the integer YYYYMMDD. */
  readonly unit: "ms" | "date";
  /** Periods made beyond the current one. */
  readonly ahead: number;
  /** Whole periods kept before the current one; absent: for ever. */
  readonly kept?: number;
}

const AGEING: Readonly<Record<AgeingTable, Ageing>> = {
  viewer_history: { period: "month", unit: "ms", ahead: MONTHS_AHEAD, kept: ROWS_KEPT_MONTHS },
  view_hourly: { period: "month", unit: "ms", ahead: MONTHS_AHEAD, kept: ROWS_KEPT_MONTHS },
  daily_statistics: { period: "month", unit: "date", ahead: MONTHS_AHEAD },
  user_sessions: { period: "day", unit: "date", ahead: DAYS_AHEAD, kept: SESSIONS_KEPT_DAYS },
};

export const AGEING_TABLES: readonly AgeingTable[] = [
  "viewer_history",
  "view_hourly",
  "daily_statistics",
  "user_sessions",
];

export interface PartitionState {
  readonly table: AgeingTable;
  /** In ascending order; absent: the table has none. */
  readonly partitions: readonly Partition[] | undefined;
  /** Ms. */
  readonly now: number;
  /** Nothing at or above it may go, however old, ms; absent: age alone decides. */
  readonly droppableBefore?: number;
}

export interface PartitionPlan {
  /** In ascending order, above all there is. */
  readonly add: readonly NewPartition[];
  /** Names, the oldest first. */
  readonly drop: readonly string[];
  /** Whether rows of this moment fall into the catch-all: from there no partition can take them along when it goes. */
  readonly catchAllInUse: boolean;
  /** For stores where partitions are not or cannot be dropped: rows below it may be deleted; absent: none. */
  readonly deleteBefore: number | undefined;
}

/** @returns start of the oldest period whose rows are kept, ms; 0: all are kept */
export const keptFrom = (table: AgeingTable, now: number): number => {
  const ageing = AGEING[table];
  return ageing.kept === undefined ? 0 : periodAt(ageing, now, -ageing.kept);
};

/**
 * What a table wants done now, however long nothing was done. A plan made again after it was carried out is empty:
 * what is added is younger than all that may go.
 */
export const planPartitions = (state: PartitionState): PartitionPlan => {
  const { table, partitions, now, droppableBefore = Number.POSITIVE_INFINITY } = state;
  const ageing = AGEING[table];
  const bounded = (partitions ?? []).flatMap(({ name, below }) =>
    below === undefined ? [] : [{ name, belowMs: msOf(ageing, below) }],
  );
  const lastBound = bounded.at(-1)?.belowMs ?? 0;
  const kept = keptFrom(table, now);
  const mayGo = periodAt(ageing, Math.max(0, Math.min(kept, droppableBefore)));
  return {
    add: partitions === undefined ? [] : missing(ageing, lastBound, kept, now),
    drop: bounded.filter(({ belowMs }) => 0 < belowMs && belowMs <= mayGo).map(({ name }) => name),
    catchAllInUse: partitions !== undefined && lastBound <= now,
    deleteBefore: mayGo > 0 ? boundOf(ageing, mayGo) : undefined,
  };
};

/**
 * From the last bound on, or where there is none, or only such as are too old, from the oldest period kept: what the
 * catch-all took in meanwhile ages like everything else.
 */
const missing = (
  ageing: Ageing,
  lastBound: number,
  kept: number,
  now: number,
): readonly NewPartition[] => {
  const last = periodAt(ageing, now, ageing.ahead);
  const from = Math.max(lastBound, kept);
  const add: NewPartition[] = [];
  let start = periodAt(ageing, from > 0 ? from : now);
  while (start <= last) {
    const end = periodAt(ageing, start, 1);
    add.push({ name: nameOf(ageing, start), below: boundOf(ageing, end) });
    start = end;
  }
  return add;
};

/** @returns start of the period that holds the time, or of one so many periods later, ms */
const periodAt = ({ period }: Ageing, at: number, later = 0): number => {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return period === "month" ? Date.UTC(year, month + later) : Date.UTC(year, month, day + later);
};

const boundOf = ({ unit }: Ageing, at: number): number => (unit === "ms" ? at : dateNumber(at));

const msOf = ({ unit }: Ageing, bound: number): number => {
  if (unit === "ms") return bound;
  const month = Math.floor(bound / 100) % 100;
  return Date.UTC(Math.floor(bound / 10_000), month - 1, bound % 100);
};

const nameOf = ({ period }: Ageing, start: number): string =>
  `p${period === "day" ? dateNumber(start) : Math.floor(dateNumber(start) / 100)}`;

/** @returns the UTC date as the integer YYYYMMDD */
const dateNumber = (at: number): number => {
  const date = new Date(at);
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
};
