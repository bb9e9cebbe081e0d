import type { ContentId } from "../../core/ids.ts";
import {
  DATABASE_TIMEOUT_MS,
  STATS_MAX_AGE_SECONDS,
  STATS_MEMO_ENTRIES,
} from "../../core/limits.ts";
import { planReport, type ReportPlan } from "../../core/statistics/plan.ts";
import { type RangeQuery, type RangeRefusal, readRange } from "../../core/statistics/range.ts";
import { makeReport, type Report, type ReportRows } from "../../core/statistics/report.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CountTables, JobTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import type { Timers } from "../../ports/timers.ts";
import { LastAnswers } from "../last-answers.ts";
import { spanned } from "../spanned.ts";

export interface ReadStatsDeps {
  readonly database: {
    readonly counts: Pick<CountTables, "hours">;
    readonly statistics: Pick<StatisticsTables, "days" | "uniques">;
    readonly jobs: Pick<JobTables, "lastWhole">;
  };
  readonly calendar: ReportingCalendar;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export interface StatsQuery extends RangeQuery {
  readonly content: ContentId;
  /** Periods in the answer. */
  readonly limit: number;
}

export interface ContentStats extends Report {
  readonly content: ContentId;
  readonly source: "database";
  /** The database did not answer: as it was told before. */
  readonly stale?: true;
}

export type StatsRead =
  | {
      readonly status: "read";
      readonly stats: ContentStats;
      /** How long the answer may be cached, s; 0 when something better may be had at once. */
      readonly maxAgeSeconds: number;
    }
  | RangeRefusal
  /** The database does not answer, and never told this isolate. */
  | { readonly status: "unavailable" };

/** Statistics of a content from the database, as of the last flush in which no shard failed. */
export class StatsReader {
  readonly #deps: ReadStatsDeps;
  readonly #answers: LastAnswers<ContentStats>;

  constructor(deps: ReadStatsDeps) {
    this.#deps = deps;
    this.#answers = new LastAnswers({
      ...deps,
      timeoutMs: DATABASE_TIMEOUT_MS,
      entries: STATS_MEMO_ENTRIES,
      event: "stats.database-unreachable",
    });
  }

  async read(query: StatsQuery): Promise<StatsRead> {
    const { calendar, clock } = this.#deps;
    const now = clock.now();
    const ranged = readRange(query, calendar, now);
    if (ranged.status === "refused") return ranged;
    const { content, granularity, from, to, limit } = query;
    const plan = planReport({ ...ranged, limit }, calendar, now);
    const key = [content, granularity, from, to, limit].join("/");
    const read = await this.#answers.get(key, () => this.#fetch(content, plan));
    if (read.status !== "told") return { status: "unavailable" };
    const { answer: stats, stale } = read;
    if (stale) return { status: "read", stats: { ...stats, stale }, maxAgeSeconds: 0 };
    const over = ranged.periods.startOf(ranged.range.end) <= now;
    return { status: "read", stats, maxAgeSeconds: maxAgeSeconds(stats, over) };
  }

  async #fetch(content: ContentId, plan: ReportPlan): Promise<ContentStats> {
    const { database, calendar } = this.#deps;
    // Before the rows: what they hold is then at least as young as is said.
    const lastFlush = await database.jobs.lastWhole("flush");
    const rows = await this.#rows(content, plan);
    const report = makeReport(plan, rows, calendar, lastFlush?.startedAt ?? 0);
    return { content, source: "database", ...report };
  }

  async #rows(content: ContentId, { rows }: ReportPlan): Promise<ReportRows> {
    const { counts, statistics } = this.#deps.database;
    const [hours, days, uniques] = await Promise.all([
      spanned(rows.hours, (from, to) => counts.hours(content, from, to)),
      spanned(rows.days, (from, to) => statistics.days(content, from, to)),
      spanned(rows.uniques, (from, to) => statistics.uniques(content, from, to)),
    ]);
    return { hours, days, uniques };
  }
}

const maxAgeSeconds = ({ total, periods }: ContentStats, over: boolean): number => {
  if (!over) return STATS_MAX_AGE_SECONDS.current;
  const settled = total.final && periods.every(({ uniquesFinal }) => uniquesFinal !== false);
  return settled ? STATS_MAX_AGE_SECONDS.final : STATS_MAX_AGE_SECONDS.provisional;
};
