import type { ReportingCalendar, ReportingDay } from "../../core/views/reporting-day.ts";
import type { ShardSchedule } from "../../core/views/shards.ts";
import type { Correctors } from "../../ports/correctors.ts";
import type { JobRun } from "../../ports/database.ts";
import type { CorrectionOrder, CorrectionQueued } from "../../protocol/correction-rpc.ts";
import { askEveryShard, type ShardAnswers } from "./every-shard.ts";
import { runOnEveryShard, type ShardsJobDeps } from "./shards-job.ts";

export interface CorrectDeps extends ShardsJobDeps {
  readonly correctors: Pick<Correctors, "correct">;
  readonly calendar: ReportingCalendar;
}

/** Has every Corrector take up its hours that are due; the run's rows are hours that wait. Runs may overlap. */
export const correct = (deps: CorrectDeps): Promise<JobRun> =>
  orderAsJob("correct", deps, { kind: "due" });

/** Has every Corrector settle the last reporting day that has ended. Runs may overlap. */
export const correctDay = (deps: CorrectDeps): Promise<JobRun> => {
  const { startMs, endMs } = lastDayOver(deps.calendar, deps.clock.now());
  return orderAsJob("correct-day", deps, { kind: "day", startMs, endMs });
};

const lastDayOver = (calendar: ReportingCalendar, now: number): ReportingDay =>
  calendar.dayOf(calendar.dayOf(now).startMs - 1);

const orderAsJob = (job: string, deps: CorrectDeps, order: CorrectionOrder): Promise<JobRun> =>
  runOnEveryShard(job, deps, async (shard) => {
    const { waiting } = await deps.correctors.correct(shard, order);
    return { rows: waiting, statements: 0 };
  });

export interface OrderDeps {
  readonly correctors: Pick<Correctors, "correct">;
  readonly schedule: ShardSchedule;
}

/** Gives an order to every Corrector. */
export const orderCorrection = (
  { correctors, schedule }: OrderDeps,
  order: CorrectionOrder,
): Promise<ShardAnswers<CorrectionQueued>> =>
  askEveryShard(schedule, (shard) => correctors.correct(shard, order));
