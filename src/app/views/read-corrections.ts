import { MAX_SHARDS } from "../../core/limits.ts";
import type {
  CorrectionQuery,
  CorrectionRun,
  CorrectionTables,
} from "../../ports/correction-tables.ts";

export interface CorrectionPage {
  /** The latest first. */
  readonly runs: readonly CorrectionRun[];
  /** `before` of the next page; absent on the last. */
  readonly next: number | undefined;
}

/**
 * A page ends where the next run began at another time, so that none is missed between two pages: it may be shorter
 * than asked for, and is longer where more runs than that began in one millisecond.
 */
export const readCorrections = async (
  tables: Pick<CorrectionTables, "list">,
  query: CorrectionQuery,
): Promise<CorrectionPage> => {
  const runs = await tables.list({ ...query, limit: query.limit + 1 });
  const behind = runs[query.limit];
  if (behind === undefined) return { runs, next: undefined };
  const page = runs.filter(({ startedAt }) => startedAt > behind.startedAt);
  if (page.length > 0) return { runs: page, next: page.at(-1)?.startedAt };
  // A shard begins one run at a time.
  const more = await tables.list({ ...query, limit: query.limit + MAX_SHARDS });
  const together = more.filter(({ startedAt }) => startedAt === behind.startedAt);
  return { runs: together, next: together.length < more.length ? behind.startedAt : undefined };
};
