import type { Alarm } from "./alarm.ts";

export interface LoggedRow {
  readonly id: number;
  readonly frames: Uint8Array;
}

/** A row without its frames, for the index. */
export interface RowSummary {
  readonly id: number;
  /** Shards that have an event in the row. */
  readonly shards: readonly number[];
}

/** How far the log was handed on. */
export interface DrainState {
  /** All rows below it are gone. */
  readonly floor: number;
  /** By shard, the last row its Tally is known to have taken. */
  readonly cursors: readonly (readonly [shard: number, row: number])[];
}

/** A Collector's SQLite. Writes between two awaits commit together. */
export interface CollectorStore {
  readonly alarm: Alarm;
  /** Minted with the storage: rows of an earlier storage under the same name are not ours. */
  incarnation(): string;
  /** Mints another one: the storage was set back to an earlier state. */
  renewIncarnation(): string;
  drainState(): DrainState;
  index(): Iterable<RowSummary>;
  insert(row: LoggedRow, shards: readonly number[]): void;
  /** Rows above `row` in ascending order, at most `maxRows`. */
  rowsAbove(row: number, maxRows: number): Iterable<LoggedRow>;
  /** Saves the state and deletes the rows below its floor. */
  saveDrain(state: DrainState): void;
  /** Size of everything stored. */
  bytes(): number;
  atomically<T>(work: () => T): T;
  /** Resolves when everything written so far is on disk. */
  durable(): Promise<void>;
}
