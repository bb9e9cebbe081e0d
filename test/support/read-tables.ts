/** What is read from the database, from tables that a test makes by hand. */
import type { DatabaseReaders, ReadTables } from "../../src/ports/database-readers.ts";

export type SomeTables = { readonly [Port in keyof ReadTables]?: Partial<ReadTables[Port]> };

const unexpected = () => Promise.reject(new Error("the test has no such table"));

const NOTHING: ReadTables = {
  counts: { totals: unexpected, hours: unexpected },
  statistics: {
    days: unexpected,
    uniques: unexpected,
    regions: unexpected,
    mostViewed: unexpected,
  },
  streams: {
    ranking: unexpected,
    currents: unexpected,
    history: unexpected,
    broadcasterHistory: unexpected,
    days: unexpected,
    broadcasterDays: unexpected,
  },
  registry: { broadcaster: unexpected, stream: unexpected },
  jobs: { lastWhole: unexpected, recent: unexpected },
};

/** What is not given fails. */
export const readTables = (given: SomeTables): ReadTables => ({
  counts: { ...NOTHING.counts, ...given.counts },
  statistics: { ...NOTHING.statistics, ...given.statistics },
  streams: { ...NOTHING.streams, ...given.streams },
  registry: { ...NOTHING.registry, ...given.registry },
  jobs: { ...NOTHING.jobs, ...given.jobs },
});

/**
 * One server for all roles.
 * @param asked gets `analytics` or `analytics strong` for each unit of work
 */
export const readersOf = (given: SomeTables, asked: string[] = []): DatabaseReaders => {
  const tables = readTables(given);
  return {
    read: (role, work, consistency) => {
      asked.push(consistency === undefined ? role : `${role} ${consistency}`);
      return work(tables);
    },
  };
};
