import type { ReaderRole } from "../core/reader-roles.ts";
import type { CountTables, JobTables, RegistryTables, StreamTables } from "./database.ts";
import type { StatisticsTables } from "./statistics-tables.ts";

/** What may be read from a server that follows the writer. */
export interface ReadTables {
  readonly counts: Pick<CountTables, "totals" | "hours">;
  readonly statistics: Pick<StatisticsTables, "days" | "uniques" | "regions" | "mostViewed">;
  readonly streams: Pick<
    StreamTables,
    "ranking" | "currents" | "history" | "broadcasterHistory" | "days" | "broadcasterDays"
  >;
  readonly registry: Pick<RegistryTables, "broadcaster" | "stream">;
  readonly jobs: Pick<JobTables, "lastWhole" | "recent">;
}

/** `strong`: from the writer alone, past all that may lag behind it. */
export type Consistency = "strong" | undefined;

/** Servers of the database to read from. */
export interface DatabaseReaders {
  /**
   * Does the whole of `work` on one server, so that what it reads together belongs together: the role's own, and where
   * that fails or lags another reader, and in the end the writer.
   * @param work only reads; done again from its beginning on another server
   * @throws DatabaseError when no server answers
   */
  read<T>(
    role: ReaderRole,
    work: (tables: ReadTables) => Promise<T>,
    consistency?: Consistency,
  ): Promise<T>;
}
