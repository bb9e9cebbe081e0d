import { CORRECTION_EVENTS_PER_SLICE, HOUR_MS } from "../../../core/limits.ts";
import type { Verdict } from "../../../core/views/verdict.ts";
import { withApplied } from "./applied-records.ts";
import { type FoldedSlice, foldSlice } from "./fold-slice.ts";
import type { CorrectorDeps, Findings, HourRun, Phase, Step } from "./run.ts";

type FoldPhase = Extract<Phase, { readonly name: "fold" }>;

/** Folds the next minutes of the hour, and keeps what they counted and what they carry over. */
export const foldHour = (deps: CorrectorDeps, run: HourRun, phase: FoldPhase): Step => {
  const { store, limits } = deps;
  const { sealed, minute, slices } = phase;
  const hour = run.job.startMs;
  const maxEvents = limits?.eventsPerSlice ?? CORRECTION_EVENTS_PER_SLICE;
  const folded = foldSlice(store, { hour, run: run.run, minute, maxEvents });
  const isLast = folded.minute === hour + HOUR_MS;
  const next: Phase = isLast
    ? { name: "walk", sealed, slices: slices + 1, from: "", isPartial: isPartialDay(deps, hour) }
    : { name: "fold", sealed, minute: folded.minute, slices: slices + 1 };
  return {
    events: Math.max(1, folded.events),
    run: { ...run, phase: next, findings: withSlice(run.findings, folded) },
    save: () => {
      store.work.savePages({ hour, run: run.run, slice: slices }, folded.pages);
      store.results.saveCarry(hour, run.run, folded.carry);
      store.work.deleteMinutes(folded.minute);
      if (isLast) store.work.clear();
    },
  };
};

/** Hours of the day that were never counted here wait: what was known of its uniques may be more than what we have. */
const isPartialDay = ({ store, calendar }: CorrectorDeps, hour: number): boolean => {
  const { startMs, endMs } = calendar.dayOf(hour);
  return store.queue.jobs().some((job) => {
    if (job.kind !== "hour" || job.startMs < startMs || job.startMs >= endMs) return false;
    return job.startMs !== hour && store.results.result(job.startMs)?.kept !== true;
  });
};

const withSlice = (findings: Findings, slice: FoldedSlice): Findings => {
  const { events, copies, verdicts, records } = slice;
  const sums: Partial<Record<Verdict, number>> = { ...findings.verdicts };
  for (const [verdict, count] of verdicts) sums[verdict] = (sums[verdict] ?? 0) + count;
  return {
    ...findings,
    events: findings.events + events,
    copies: findings.copies + copies,
    verdicts: sums,
    records: withApplied(findings.records, records),
    after: findings.after + (verdicts.get("counted") ?? 0),
  };
};
