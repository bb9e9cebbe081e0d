import { HOUR_MS } from "../../../core/limits.ts";
import type { CorrectionRun } from "../../../ports/correction-tables.ts";
import { shownRecords } from "./applied-records.ts";
import { orderHour } from "./begin-hour.ts";
import { othersBefore } from "./carry-in.ts";
import { dayJob } from "./expand-order.ts";
import type { CorrectorDeps, HourRun, Phase, Step } from "./run.ts";

type EndPhase = Extract<Phase, { readonly name: "end" }>;
type GiveUpPhase = Extract<Phase, { readonly name: "give up" }>;

/** Tells of the run, and makes its result the one that stands. */
export const endHour = async (
  deps: CorrectorDeps,
  run: HourRun,
  { sealed, slices, isPartial }: EndPhase,
): Promise<Step> => {
  const { store, tallies, correctors, shard, calendar, clock } = deps;
  const { results, queue } = store;
  const hour = run.job.startMs;
  const { before } = sealed;
  await deps.corrections.record(recordOf(deps, run, { outcome: "done", before }));
  await tallies.rollUp(shard);
  const isCarryNew = hasCarryChanged(deps, run);
  const next = hour + HOUR_MS;
  for (const other of isCarryNew ? othersBefore(deps.schedule, next) : []) {
    const order = { kind: "hours", from: next, to: next + HOUR_MS, reason: "carry" } as const;
    if (other !== shard) await correctors.correct(other, order);
  }
  const day = calendar.dayOf(hour);
  return {
    events: 1,
    run: undefined,
    save: () => {
      results.saveResult({ hour, run: run.run, outcome: "done", slices, kept: true });
      results.deleteOtherRuns(hour, run.run);
      if (isCarryNew && results.result(next)?.outcome === "done") orderHour(queue, next);
      const isDayOver = results.isDayDone(day.startMs) && clock.now() >= day.endMs;
      if (isPartial || isDayOver) queue.add(dayJob(day, run.job.reason));
    },
  };
};

/** Tells of a run that changed nothing, and leaves the hour as it is until more of it comes. */
export const giveUpHour = async (
  deps: CorrectorDeps,
  run: HourRun,
  { outcome, sealed }: GiveUpPhase,
): Promise<Step> => {
  const { store, tallies, corrections, shard } = deps;
  const hour = run.job.startMs;
  const before = sealed?.before ?? 0;
  const told = { ...run, findings: { ...run.findings, after: before } };
  await corrections.record(recordOf(deps, told, { outcome, before }));
  if (sealed !== undefined) await tallies.leave(shard, hour, run.run, sealed.through);
  return {
    events: 1,
    run: undefined,
    save: () => {
      dropRun(deps, run);
      if (store.results.result(hour) !== undefined) return;
      store.results.saveResult({ hour, run: run.run, outcome: "none", slices: 0, kept: true });
    },
  };
};

/** What a run that came to nothing has left goes; what an earlier one found stands. */
export const dropRun = ({ store }: CorrectorDeps, run: HourRun): void => {
  const hour = run.job.startMs;
  store.work.clear();
  store.results.deleteOtherRuns(hour, store.results.result(hour)?.run ?? 0);
};

export const recordOf = (
  { shard, clock }: CorrectorDeps,
  run: HourRun,
  end: { readonly outcome: CorrectionRun["outcome"]; readonly before: number },
): CorrectionRun => {
  const { verdicts, records, copies, notes, events, after, changed } = run.findings;
  const exclusions = shownRecords(records);
  return {
    shard,
    hour: run.job.startMs,
    run: run.run,
    reason: run.job.reason,
    outcome: end.outcome,
    startedAt: run.startedAt,
    durationMs: Math.max(0, clock.now() - run.startedAt),
    events,
    before: end.before,
    after,
    changed,
    detail: JSON.stringify({ verdicts, exclusions, copies, notes }),
  };
};

const hasCarryChanged = ({ store }: CorrectorDeps, { job, run }: HourRun): boolean => {
  const { results } = store;
  const standing = results.result(job.startMs);
  const now = results.carry(job.startMs, run);
  const before = standing && results.carry(job.startMs, standing.run);
  if (now === undefined || before === undefined) return now !== before;
  return now.length !== before.length || now.some((byte, index) => byte !== before[index]);
};
