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
import type { Consistency, DatabaseReaders, ReadTables } from "../../ports/database-readers.ts";
import type { Log } from "../../ports/log.ts";
import type { Timers } from "../../ports/timers.ts";
import { LastAnswers } from "../last-answers.ts";
import { spanned } from "../spanned.ts";

export interface ReadStatsDeps {
  readonly readers: DatabaseReaders;
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
    const planned = this.#plan(query);
    if (planned.status === "refused") return planned;
    const { plan, isOver } = planned;
    const { content, granularity, from, to, limit } = query;
    const key = [content, granularity, from, to, limit].join("/");
    const read = await this.#answers.get(key, () => this.#fetch(content, plan));
    if (read.status !== "told") return { status: "unavailable" };
    const { answer: stats, stale } = read;
    if (stale) return { status: "read", stats: { ...stats, stale }, maxAgeSeconds: 0 };
    return { status: "read", stats, maxAgeSeconds: maxAgeSeconds(stats, isOver) };
  }

  /** Tells what the writer has now, or nothing. */
  async readStrong(query: StatsQuery): Promise<StatsRead> {
    const planned = this.#plan(query);
    if (planned.status === "refused") return planned;
    const read = await this.#answers.ask(() => this.#fetch(query.content, planned.plan, "strong"));
    if (read.status !== "told") return { status: "unavailable" };
    return { status: "read", stats: read.answer, maxAgeSeconds: 0 };
  }

  #plan(query: StatsQuery) {
    const { calendar, clock } = this.#deps;
    const now = clock.now();
    const ranged = readRange(query, calendar, now);
    if (ranged.status === "refused") return ranged;
    const plan = planReport({ ...ranged, limit: query.limit }, calendar, now);
    const isOver = ranged.periods.startOf(ranged.range.end) <= now;
    return { status: "planned", plan, isOver } as const;
  }

  /** From one server, so that its rows are as young as it says. */
  #fetch(content: ContentId, plan: ReportPlan, consistency?: Consistency): Promise<ContentStats> {
    const { readers, calendar } = this.#deps;
    const work = async (tables: ReadTables): Promise<ContentStats> => {
      // Before the rows: what they hold is then at least as young as is said.
      const lastFlush = await tables.jobs.lastWhole("flush");
      const rows = await readRows(tables, content, plan);
      const report = makeReport(plan, rows, calendar, lastFlush?.startedAt ?? 0);
      return { content, source: "database", ...report };
    };
    return readers.read("analytics", work, consistency);
  }
}

const readRows = async (
  { counts, statistics }: ReadTables,
  content: ContentId,
  { rows }: ReportPlan,
): Promise<ReportRows> => {
  const [hours, days, uniques] = await Promise.all([
    spanned(rows.hours, (from, to) => counts.hours(content, from, to)),
    spanned(rows.days, (from, to) => statistics.days(content, from, to)),
    spanned(rows.uniques, (from, to) => statistics.uniques(content, from, to)),
  ]);
  return { hours, days, uniques };
};

const maxAgeSeconds = ({ total, periods }: ContentStats, over: boolean): number => {
  if (!over) return STATS_MAX_AGE_SECONDS.current;
  const settled = total.final && periods.every(({ uniquesFinal }) => uniquesFinal !== false);
  return settled ? STATS_MAX_AGE_SECONDS.final : STATS_MAX_AGE_SECONDS.provisional;
};
