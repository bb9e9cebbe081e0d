import type { ContentId } from "../../core/ids.ts";
import { STATS_MEMO_ENTRIES } from "../../core/limits.ts";
import { planReport } from "../../core/statistics/plan.ts";
import type { Report } from "../../core/statistics/report.ts";
import {
  type ContentRange,
  RangeAnswers,
  type RangeRead,
  type ReadStatsDeps,
} from "./range-answers.ts";

export interface ContentStats extends Report {
  readonly content: ContentId;
  readonly source: "database";
}

/** Statistics of a content. */
export class StatsReader {
  readonly #answers: RangeAnswers<ContentStats>;

  constructor(deps: ReadStatsDeps) {
    this.#answers = new RangeAnswers<ContentStats>({
      ...deps,
      plan: planReport,
      tell: async (_, content, __, report) => ({ content, source: "database", ...report }),
      isSettled: ({ total, periods }) =>
        total.final && periods.every(({ uniquesFinal }) => uniquesFinal !== false),
      entries: STATS_MEMO_ENTRIES,
    });
  }

  read(query: ContentRange): Promise<RangeRead<ContentStats>> {
    return this.#answers.read(query);
  }

  /** Tells what the writer has now, or nothing. */
  readStrong(query: ContentRange): Promise<RangeRead<ContentStats>> {
    return this.#answers.readStrong(query);
  }
}
