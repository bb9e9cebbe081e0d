import type { Alarm } from "../../ports/alarm.ts";

type SqlValue = ArrayBuffer | string | number | null;
export type SqlRow = Record<string, SqlValue>;

/** The part of a Durable Object's storage that the stores stand on; anything with SQLite and an alarm can offer it. */
export interface ObjectStorage {
  readonly sql: {
    exec(
      query: string,
      ...bindings: (ArrayBuffer | Uint8Array | string | number | null)[]
    ): Iterable<SqlRow>;
    readonly databaseSize: number;
  };
  transactionSync<T>(work: () => T): T;
  setAlarm(at: number): Promise<void>;
  deleteAlarm(): Promise<void>;
  sync(): Promise<void>;
}

/** Keeps work alive that nobody awaits; a storage operation that fails breaks the object by itself. */
export type Background = (work: Promise<void>) => void;

export const storageAlarm = (storage: ObjectStorage, background: Background): Alarm => ({
  set: (at) => background(storage.setAlarm(at)),
  clear: () => background(storage.deleteAlarm()),
});

/** @returns the first row's only column, or `undefined` when there is no row */
export const scalar = (rows: Iterable<SqlRow>): SqlValue | undefined => {
  for (const row of rows) return Object.values(row)[0];
  return undefined;
};

export const asBytes = (value: SqlValue | undefined): Uint8Array =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(0);
