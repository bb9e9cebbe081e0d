import type { ContentId } from "../../core/ids.ts";
import {
  DATABASE_TIMEOUT_MS,
  STATS_MAX_AGE_SECONDS,
  STATS_MEMO_ENTRIES,
} from "../../core/limits.ts";
import { planReport, type ReportPlan, type Span } from "../../core/statistics/plan.ts";
import { type RangeQuery, type RangeRefusal, readRange } from "../../core/statistics/range.ts";
import { makeReport, type Report, type ReportRows } from "../../core/statistics/report.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CountTables, JobTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { StatisticsTables } from "../../ports/statistics-tables.ts";
import type { Timers } from "../../ports/timers.ts";
import { BoundedMap } from "../bounded-map.ts";
import { SharedFlights } from "../shared-flights.ts";

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

/**
 * Statistics of a content from the database, as of the last flush in which no shard failed. Requests of one isolate
 * that ask the same share one reading; the last answers are remembered for when the database is away.
 */
export class StatsReader {
  readonly #deps: ReadStatsDeps;
  readonly #memo = new BoundedMap<string, ContentStats>(STATS_MEMO_ENTRIES);
  readonly #flights: SharedFlights<string, ContentStats>;

  constructor(deps: ReadStatsDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: DATABASE_TIMEOUT_MS });
  }

  async read(query: StatsQuery): Promise<StatsRead> {
    const { calendar, clock } = this.#deps;
    const now = clock.now();
    const ranged = readRange(query, calendar, now);
    if (ranged.status === "refused") return ranged;
    const { content, granularity, from, to, limit } = query;
    const plan = planReport({ ...ranged, limit }, calendar, now);
    const key = [content, granularity, from, to, limit].join("/");
    const read = await this.#flights.get([key], () => this.#fetch(key, content, plan));
    const stats = read.get(key);
    if (stats !== undefined) {
      const over = ranged.periods.startOf(ranged.range.end) <= now;
      return { status: "read", stats, maxAgeSeconds: maxAgeSeconds(stats, over) };
    }
    const last = this.#memo.get(key);
    if (last === undefined) return { status: "unavailable" };
    return { status: "read", stats: { ...last, stale: true }, maxAgeSeconds: 0 };
  }

  async #fetch(
    key: string,
    content: ContentId,
    plan: ReportPlan,
  ): Promise<ReadonlyMap<string, ContentStats>> {
    const { database, calendar, log } = this.#deps;
    try {
      // Before the rows: what they hold is then at least as young as is said.
      const lastFlush = await database.jobs.lastWhole("flush");
      const rows = await this.#rows(content, plan);
      const report = makeReport(plan, rows, calendar, lastFlush?.startedAt ?? 0);
      const stats: ContentStats = { content, source: "database", ...report };
      this.#memo.set(key, stats);
      return new Map([[key, stats]]);
    } catch (cause) {
      log.error("stats.database-unreachable", { cause: `${cause}` });
      return new Map();
    }
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

const spanned = async <Row>(
  span: Span | undefined,
  read: (from: number, to: number) => Promise<readonly Row[]>,
): Promise<readonly Row[]> => (span === undefined ? [] : read(span.from, span.to));

const maxAgeSeconds = ({ total, periods }: ContentStats, over: boolean): number => {
  if (!over) return STATS_MAX_AGE_SECONDS.current;
  const settled = total.final && periods.every(({ uniquesFinal }) => uniquesFinal !== false);
  return settled ? STATS_MAX_AGE_SECONDS.final : STATS_MAX_AGE_SECONDS.provisional;
};
