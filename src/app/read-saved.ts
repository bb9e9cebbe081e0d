import { READ_TIMEOUT_MS } from "../core/limits.ts";
import type { DatabaseReaders, ReadTables } from "../ports/database-readers.ts";
import { demandWithin, type Timers } from "../ports/timers.ts";

export interface ReadSavedDeps {
  readonly readers: DatabaseReaders;
  readonly timers: Timers;
}

/**
 * Reads what the database has of now, for somebody who was told nothing by those who know better.
 * @throws when it does not answer while a reader still waits, however often it is tried
 */
export const readSaved = <T>(
  { readers, timers }: ReadSavedDeps,
  work: (tables: ReadTables) => Promise<T>,
): Promise<T> =>
  demandWithin(readers.read("ranking", work), READ_TIMEOUT_MS, "the database", timers);
