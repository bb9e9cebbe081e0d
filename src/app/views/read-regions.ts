import type { ContentId } from "../../core/ids.ts";
import { REGIONS_MAX_DAYS, REGIONS_MEMO_ENTRIES } from "../../core/limits.ts";
import { planDays } from "../../core/statistics/plan.ts";
import {
  type CountryViews,
  makeRegionReport,
  viewsOf,
} from "../../core/statistics/region-report.ts";
import type { Report } from "../../core/statistics/report.ts";
import { spanned } from "../spanned.ts";
import { RangeAnswers, type RangeRead, type ReadStatsDeps } from "./range-answers.ts";

export interface RegionsQuery {
  readonly content: ContentId;
  /** Dates, @see RangeQuery */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface ContentRegions extends Pick<Report, "timeZone" | "from" | "to" | "asOf"> {
  readonly content: ContentId;
  readonly source: "database";
  /** Of all countries. */
  readonly views: number;
  /** Views that were counted besides, and whose places correction has not told yet. */
  readonly unplaced: number;
  /** All of it is settled. */
  readonly final: boolean;
  readonly countries: readonly CountryViews[];
}

/** Where a content's views came from, by whole days. */
export class RegionsReader {
  readonly #answers: RangeAnswers<ContentRegions>;

  constructor(deps: ReadStatsDeps) {
    this.#answers = new RangeAnswers<ContentRegions>({
      ...deps,
      plan: planDays,
      maxPeriods: REGIONS_MAX_DAYS,
      entries: REGIONS_MEMO_ENTRIES,
      isSettled: ({ final }) => final,
      // After the report's rows: a day that these call final has its last places by then.
      tell: async ({ statistics }, content, { rows }, report) => {
        const places = await spanned(rows.uniques, (from, to) =>
          statistics.regions(content, from, to),
        );
        const { timeZone, from, to, asOf, total, periods } = report;
        const views = viewsOf(places);
        return {
          ...{ content, source: "database", timeZone, from, to, asOf, views },
          unplaced: Math.max(0, total.views - views),
          final: periods.every(({ uniquesFinal }) => uniquesFinal === true),
          countries: makeRegionReport(places),
        };
      },
    });
  }

  read(query: RegionsQuery): Promise<RangeRead<ContentRegions>> {
    return this.#answers.read(byDay(query));
  }

  /** Tells what the writer has now, or nothing. */
  readStrong(query: RegionsQuery): Promise<RangeRead<ContentRegions>> {
    return this.#answers.readStrong(byDay(query));
  }
}

const byDay = (query: RegionsQuery) =>
  ({ ...query, granularity: "day", limit: REGIONS_MAX_DAYS }) as const;
