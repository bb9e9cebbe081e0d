import type { StreamId } from "../../core/ids.ts";
import {
  DATABASE_TIMEOUT_MS,
  STATS_MAX_AGE_SECONDS,
  STATS_MEMO_ENTRIES,
  STATS_SETTLE_MS,
} from "../../core/limits.ts";
import { type HistoryPlan, planHistory } from "../../core/statistics/live-plan.ts";
import { type HistoryReport, makeHistory } from "../../core/statistics/live-report.ts";
import type { LiveGranularity } from "../../core/statistics/periods.ts";
import { type RangeQuery, type RangeRefusal, readRange } from "../../core/statistics/range.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { Consistency, DatabaseReaders, ReadTables } from "../../ports/database-readers.ts";
import { LastAnswers, type LastAnswersDeps } from "../last-answers.ts";
import {
  type HistorySubject,
  isRegistered,
  type LastNumbers,
  readCurrent,
  readRows,
} from "./history-rows.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface ReadHistoryDeps extends LastAnswersDeps {
  readonly readers: DatabaseReaders;
  readonly known: Pick<StreamRegistry, "find">;
  readonly calendar: ReportingCalendar;
}

export interface HistoryQuery extends RangeQuery<LiveGranularity> {
  /** Periods in the answer. */
  readonly limit: number;
}

export interface History extends HistoryReport {
  readonly stream?: StreamId;
  readonly broadcaster?: string;
  readonly source: "database";
  /** Of a stream; absent until numbers of it were saved. */
  readonly current?: LastNumbers;
  /** The database did not answer: as it was told before. */
  readonly stale?: true;
}

export type HistoryRead =
  | {
      readonly status: "read";
      readonly history: History;
      /** How long the answer may be cached, s; 0 when something better may be had at once. */
      readonly maxAgeSeconds: number;
    }
  | RangeRefusal
  /** Nobody registered the stream or the broadcaster. */
  | { readonly status: "unknown" }
  /** The database does not answer, and never told this isolate. */
  | { readonly status: "unavailable" };

interface FetchOptions {
  /** It was registered when the writer was asked. */
  readonly isKnown?: boolean | undefined;
  readonly consistency?: Consistency;
}

/** Histories of streams and broadcasters from the database, as of the last flush of live numbers that was whole. */
export class HistoryReader {
  readonly #deps: ReadHistoryDeps;
  readonly #answers: LastAnswers<History>;

  constructor(deps: ReadHistoryDeps) {
    this.#deps = deps;
    this.#answers = new LastAnswers({
      ...deps,
      timeoutMs: DATABASE_TIMEOUT_MS,
      entries: STATS_MEMO_ENTRIES,
      event: "histories.database-unreachable",
    });
  }

  async read(subject: HistorySubject, query: HistoryQuery): Promise<HistoryRead> {
    const planned = this.#plan(query);
    if (planned.status === "refused") return planned;
    const { plan, endMs, now } = planned;
    const { granularity, from, to, limit } = query;
    const key = [subject.kind, subject.id, granularity, from, to, limit].join("/");
    const read = await this.#answers.get(key, () => this.#find(subject, plan));
    if (read.status === "nothing") return { status: "unknown" };
    if (read.status === "unavailable") return read;
    const { answer: history, stale } = read;
    if (stale) return { status: "read", history: { ...history, stale }, maxAgeSeconds: 0 };
    return { status: "read", history, maxAgeSeconds: maxAgeSeconds(subject, history, endMs, now) };
  }

  /** Tells what the writer has now, or nothing. */
  async readStrong(subject: HistorySubject, query: HistoryQuery): Promise<HistoryRead> {
    const planned = this.#plan(query);
    if (planned.status === "refused") return planned;
    const read = await this.#answers.ask(() =>
      this.#fetch(subject, planned.plan, { consistency: "strong" }),
    );
    if (read.status === "nothing") return { status: "unknown" };
    if (read.status === "unavailable") return read;
    return { status: "read", history: read.answer, maxAgeSeconds: 0 };
  }

  #plan(query: HistoryQuery) {
    const { calendar, clock } = this.#deps;
    const now = clock.now();
    const ranged = readRange(query, calendar, now);
    if (ranged.status === "refused") return ranged;
    const plan = planHistory({ ...ranged, limit: query.limit }, now);
    return {
      status: "planned",
      plan,
      endMs: ranged.periods.startOf(ranged.range.end),
      now,
    } as const;
  }

  async #find(subject: HistorySubject, plan: HistoryPlan): Promise<History | undefined> {
    const isKnown = await this.#isKnown(subject);
    return isKnown === false ? undefined : this.#fetch(subject, plan, { isKnown });
  }

  /** @returns undefined: who tells the rows has to say it */
  async #isKnown({ kind, id }: HistorySubject): Promise<boolean | undefined> {
    if (kind !== "stream") return undefined;
    try {
      return (await this.#deps.known.find(id)) !== undefined;
    } catch {
      // The writer is away, and a reader may know as much: nothing is opened by a name here.
      return undefined;
    }
  }

  /** From one server, so that its rows are as young as it says. */
  #fetch(
    subject: HistorySubject,
    plan: HistoryPlan,
    { isKnown, consistency }: FetchOptions,
  ): Promise<History | undefined> {
    const { readers, calendar } = this.#deps;
    const work = async (tables: ReadTables): Promise<History | undefined> => {
      if (!isKnown && !(await isRegistered(tables, subject))) return undefined;
      // Before the rows: what they hold is then at least as young as is said.
      const lastFlush = await tables.jobs.lastWhole("flush-streams");
      const [rows, current] = await Promise.all([
        readRows(tables, subject, plan),
        readCurrent(tables, subject),
      ]);
      const report = makeHistory(plan, rows, calendar, lastFlush?.startedAt ?? 0);
      const of = subject.kind === "stream" ? { stream: subject.id } : { broadcaster: subject.id };
      return { ...of, source: "database", ...report, ...current };
    };
    return readers.read("history", work, consistency);
  }
}

/** Rooms tell late what the list or the database kept them from telling; a stream's last numbers are never long the last. */
const maxAgeSeconds = (
  { kind }: HistorySubject,
  { current, asOf }: History,
  endMs: number,
  now: number,
): number => {
  const { current: short, provisional, final } = STATS_MAX_AGE_SECONDS;
  if (endMs > now || (kind === "stream" && current?.status !== "ended")) return short;
  return kind === "stream" || asOf < endMs + STATS_SETTLE_MS ? provisional : final;
};
