import { MAX_SHARDS } from "../../core/limits.ts";
import type {
  CorrectionQuery,
  CorrectionRun,
  CorrectionTables,
} from "../../ports/correction-tables.ts";
import { pageByTime } from "./page-by-time.ts";

export interface CorrectionPage {
  /** The latest first. */
  readonly runs: readonly CorrectionRun[];
  /** `before` of the next page; absent on the last. */
  readonly next: number | undefined;
}

/** @see pageByTime */
export const readCorrections = async (
  tables: Pick<CorrectionTables, "list">,
  query: CorrectionQuery,
): Promise<CorrectionPage> => {
  const { rows: runs, next } = await pageByTime(query, {
    list: (of) => tables.list(of),
    timeOf: ({ startedAt }) => startedAt,
    // A shard begins one run at a time.
    mostTogether: MAX_SHARDS,
  });
  return { runs, next };
};
