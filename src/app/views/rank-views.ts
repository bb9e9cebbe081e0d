import { RANK_EVERY_MS, RANK_SLACK_MS, RANKED_CONTENTS } from "../../core/limits.ts";
import { makePeriods, type Periods } from "../../core/statistics/periods.ts";
import { rankedSpan } from "../../core/statistics/ranked-span.ts";
import type { ReportingCalendar } from "../../core/views/reporting-day.ts";
import type { JobRun } from "../../ports/database.ts";
import type { DatabaseReaders, ReadTables } from "../../ports/database-readers.ts";
import type { MostViewed } from "../../ports/statistics-tables.ts";
import type { ViewRankings } from "../../ports/view-rankings.ts";
import type { PeriodRanking, RankingPeriod } from "../../protocol/rankings-rpc.ts";
import { type JobRunDeps, runJob } from "../job-run.ts";
import { withPreviousRanks } from "./view-rankings-merge.ts";

export interface RankViewsDeps extends JobRunDeps {
  readonly readers: DatabaseReaders;
  readonly rankings: Pick<ViewRankings, "views" | "setPeriods">;
  readonly calendar: ReportingCalendar;
}

const WINDOWS = ["day", "week", "month"] as const satisfies readonly RankingPeriod[];

/** A window's period, and the one before it. */
const READS = 2;

/**
 * Makes the lists of the day, the week and the month under way anew where they are due, from what the flushes have
 * brought to the database; to be done behind one. A window that fails keeps the lists it has, and stops no other. In
 * the run, `statements` are sums over a period.
 */
export const rankViews = (deps: RankViewsDeps): Promise<JobRun> =>
  runJob("rank", deps, async () => {
    const done = { rows: 0, statements: 0, failed: [] as object[] };
    for (const window of WINDOWS) {
      try {
        const periods = makePeriods(window, deps.calendar);
        const period = periods.at(deps.clock.now());
        if (!(await isDue(deps, window, periods.startOf(period)))) continue;
        const ranking = await deps.readers.read("ranking", (tables) =>
          rankingOf(tables, deps, periods, period),
        );
        await deps.rankings.setPeriods([{ window, ...ranking }]);
        done.statements += READS;
        done.rows += rowsOf(ranking);
      } catch (cause) {
        deps.log.error("rank.failed", { window, cause: `${cause}` });
        done.failed.push({ window, cause: `${cause}` });
      }
    }
    return done;
  });

/** @param from when the period under way began, ms */
const isDue = async (
  { rankings, clock }: RankViewsDeps,
  window: RankingPeriod,
  from: number,
): Promise<boolean> => {
  const told = await rankings.views(window, 1);
  if (told === undefined || told.from !== from) return true;
  return clock.now() - told.asOf >= RANK_EVERY_MS[window] - RANK_SLACK_MS;
};

type Ranking = Omit<PeriodRanking, "window">;

const rankingOf = async (
  { jobs, statistics }: ReadTables,
  { calendar, clock }: RankViewsDeps,
  periods: Periods,
  period: number,
): Promise<Ranking> => {
  // Before the rows: what they hold is then at least as young as is said.
  const lastFlush = await jobs.lastWhole("flush");
  const mostViewed = (of: number): Promise<MostViewed> =>
    statistics.mostViewed(rankedSpan(periods, of, calendar, clock.now()), RANKED_CONTENTS);
  // One after the other: each is a lot of work for the server.
  const now = await mostViewed(period);
  const before = await mostViewed(period - 1);
  return {
    asOf: lastFlush?.startedAt ?? 0,
    from: periods.startOf(period),
    to: periods.startOf(period + 1),
    all: withPreviousRanks(now.all, before.all),
    byCategory: [...now.byCategory].map(([category, list]) => [
      category,
      withPreviousRanks(list, before.byCategory.get(category) ?? []),
    ]),
  };
};

const rowsOf = ({ all, byCategory }: Ranking): number =>
  byCategory.reduce((sum, [, list]) => sum + list.length, all.length);
