import type { ContentId } from "../../core/ids.ts";
import { DATABASE_TIMEOUT_MS, STATS_MAX_AGE_SECONDS } from "../../core/limits.ts";
import type { Asked, ReportPlan } from "../../core/statistics/plan.ts";
import { type RangeQuery, type RangeRefusal, readRange } from "../../core/statistics/range.ts";
import { makeReport, type Report, type ReportRows } from "../../core/statistics/report.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Consistency, DatabaseReaders, ReadTables } from "../../ports/database-readers.ts";
import { LastAnswers, type LastAnswersDeps } from "../last-answers.ts";
import { spanned } from "../spanned.ts";

export interface ReadStatsDeps extends LastAnswersDeps {
  readonly readers: DatabaseReaders;
  readonly calendar: ReportingCalendar;
}

export interface ContentRange extends RangeQuery {
  readonly content: ContentId;
  /** Periods in the answer. */
  readonly limit: number;
}

export type RangeRead<Answer> =
  | {
      readonly status: "read";
      readonly stats: Answer & {
        /** The database did not answer: as it was told before. */
        readonly stale?: true;
      };
      /** How long the answer may be cached, s; 0 when something better may be had at once. */
      readonly maxAgeSeconds: number;
    }
  | RangeRefusal
  /** The database does not answer, and never told this isolate. */
  | { readonly status: "unavailable" };

/** What is told of a content and a range, made of the report of its views and of more from the same server. */
export interface Telling<Answer> {
  plan(asked: Asked, calendar: ReportingCalendar, now: number): ReportPlan;
  /** Periods in a range at most; as many as are usual when absent. */
  readonly maxPeriods?: number;
  /** It is asked for after the report's rows are read. */
  tell(tables: ReadTables, content: ContentId, plan: ReportPlan, report: Report): Promise<Answer>;
  /** Nothing in an answer whose range is over will change by itself. */
  isSettled(answer: Answer): boolean;
  /** Answers to be remembered for when the database is away. */
  readonly entries: number;
}

/** Answers about ranges of contents from the database, as of the last flush in which no shard failed. */
export class RangeAnswers<Answer extends object> {
  readonly #deps: ReadStatsDeps & Telling<Answer>;
  readonly #answers: LastAnswers<Answer>;

  constructor(deps: ReadStatsDeps & Telling<Answer>) {
    this.#deps = deps;
    this.#answers = new LastAnswers({
      ...deps,
      timeoutMs: DATABASE_TIMEOUT_MS,
      event: "stats.database-unreachable",
    });
  }

  async read(query: ContentRange): Promise<RangeRead<Answer>> {
    const planned = this.#plan(query);
    if (planned.status === "refused") return planned;
    const { plan, isOver } = planned;
    const { content, granularity, from, to, limit } = query;
    const key = [content, granularity, from, to, limit].join("/");
    const read = await this.#answers.get(key, () => this.#fetch(content, plan));
    if (read.status !== "told") return { status: "unavailable" };
    const { answer: stats, stale } = read;
    if (stale) return { status: "read", stats: { ...stats, stale }, maxAgeSeconds: 0 };
    return { status: "read", stats, maxAgeSeconds: this.#maxAgeSeconds(stats, isOver) };
  }

  /** Tells what the writer has now, or nothing. */
  async readStrong(query: ContentRange): Promise<RangeRead<Answer>> {
    const planned = this.#plan(query);
    if (planned.status === "refused") return planned;
    const read = await this.#answers.ask(() => this.#fetch(query.content, planned.plan, "strong"));
    if (read.status !== "told") return { status: "unavailable" };
    return { status: "read", stats: read.answer, maxAgeSeconds: 0 };
  }

  #plan(query: ContentRange) {
    const { calendar, clock, maxPeriods } = this.#deps;
    const now = clock.now();
    const ranged = readRange(query, calendar, now, maxPeriods);
    if (ranged.status === "refused") return ranged;
    const plan = this.#deps.plan({ ...ranged, limit: query.limit }, calendar, now);
    const isOver = ranged.periods.startOf(ranged.range.end) <= now;
    return { status: "planned", plan, isOver } as const;
  }

  /** From one server, so that its rows are as young as it says. */
  #fetch(content: ContentId, plan: ReportPlan, consistency?: Consistency): Promise<Answer> {
    const { readers, calendar } = this.#deps;
    const work = async (tables: ReadTables): Promise<Answer> => {
      // Before the rows: what they hold is then at least as young as is said.
      const lastFlush = await tables.jobs.lastWhole("flush");
      const rows = await readRows(tables, content, plan);
      const report = makeReport(plan, rows, calendar, lastFlush?.startedAt ?? 0);
      return this.#deps.tell(tables, content, plan, report);
    };
    return readers.read("analytics", work, consistency);
  }

  #maxAgeSeconds(answer: Answer, isOver: boolean): number {
    if (!isOver) return STATS_MAX_AGE_SECONDS.current;
    const { final, provisional } = STATS_MAX_AGE_SECONDS;
    return this.#deps.isSettled(answer) ? final : provisional;
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
