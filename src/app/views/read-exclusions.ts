import { EXCLUSIONS_TOGETHER } from "../../core/limits.ts";
import type { ExclusionRecord, ExclusionTables } from "../../ports/correction-tables.ts";
import { pageByTime, type TimePage, type TimeQuery } from "./page-by-time.ts";

/** Those taken back too. @see pageByTime */
export const readExclusions = (
  tables: Pick<ExclusionTables, "list">,
  query: TimeQuery,
): Promise<TimePage<ExclusionRecord>> =>
  pageByTime(query, {
    list: (of) => tables.list(of),
    timeOf: ({ createdAt }) => createdAt,
    mostTogether: EXCLUSIONS_TOGETHER,
  });
