import { CORRECT_AFTER_MS, DAY_MS, HOUR_MS } from "../../../core/limits.ts";
import type { ReportingCalendar } from "../../../core/views/reporting-day.ts";
import type { HourResult, WaitingJob } from "../../../ports/corrector-store.ts";
import type {
  CorrectableHour,
  CorrectionOrder,
  CorrectionReason,
} from "../../../protocol/correction-rpc.ts";

export interface Known {
  /** Ms. */
  readonly now: number;
  readonly calendar: ReportingCalendar;
  /** Hours of the Tally. */
  readonly hours: readonly CorrectableHour[];
  readonly resultOf: (hour: number) => HourResult | undefined;
}

/**
 * What an order means now. With an hour come all hours of its day whose counted views are not, or no longer, here:
 * visitors of a day are told apart over all of it.
 */
export const expandOrder = (order: CorrectionOrder, known: Known): readonly WaitingJob[] => {
  const jobs = new Map<string, WaitingJob>();
  const add = (job: WaitingJob): void => {
    const name = `${job.kind} ${job.startMs}`;
    if (!jobs.has(name)) jobs.set(name, job);
  };
  for (const { hour, reason } of namedBy(order, known)) {
    add(hourJob(hour, reason));
    const { startMs, endMs } = known.calendar.dayOf(hour);
    for (const other of endedHours(known)) {
      if (other.hour < startMs || other.hour >= endMs) continue;
      if (known.resultOf(other.hour)?.kept !== true) add(hourJob(other.hour, reason));
    }
  }
  for (const day of daysOf(order, jobs.values(), known)) add(day);
  return [...jobs.values()];
};

/** A day that has just ended is held back until what was confirmed in it has arrived, ms. */
export const orderDueAt = (order: CorrectionOrder, now: number): number =>
  order.kind === "day" && order.endMs <= now ? order.endMs + CORRECT_AFTER_MS : 0;

/**
 * The days whose uniques and regions are made final. Those that had their own order once see to it themselves when an
 * hour of theirs is corrected; but an order by hand, and one for a day whose order nobody remembers, brings it along.
 */
const daysOf = (
  order: CorrectionOrder,
  hours: Iterable<WaitingJob>,
  { now, calendar }: Known,
): readonly WaitingJob[] => {
  if (order.kind === "day") return [dayJob(order, "daily")];
  const byHand = order.kind === "hours" && order.reason !== "carry";
  const overFor = byHand ? CORRECT_AFTER_MS : DAY_MS + CORRECT_AFTER_MS;
  return Array.from(hours, ({ startMs, reason }) => dayJob(calendar.dayOf(startMs), reason)).filter(
    ({ endMs }) => endMs + overFor <= now,
  );
};

interface Named {
  readonly hour: number;
  readonly reason: CorrectionReason;
}

const namedBy = (order: CorrectionOrder, known: Known): readonly Named[] => {
  switch (order.kind) {
    case "due":
      return endedHours(known, CORRECT_AFTER_MS)
        .filter(({ dirty }) => dirty)
        .map(({ hour }) => {
          return { hour, reason: known.resultOf(hour) === undefined ? "hourly" : "late" };
        });
    case "hours":
      return hoursFor(order.reason, known)
        .filter(({ hour }) => hour >= order.from && hour < order.to)
        .map(({ hour }) => ({ hour, reason: order.reason }));
    case "day":
      return endedHours(known)
        .filter(({ hour, dirty }) => dirty && hour >= order.startMs && hour < order.endMs)
        .map(({ hour }) => ({ hour, reason: "daily" }));
  }
};

/** A Tally that is being restored is shut until all of its hours are settled, the one under way too. */
const hoursFor = (reason: CorrectionReason, known: Known): readonly CorrectableHour[] =>
  reason === "rebuild" ? known.hours : endedHours(known);

const endedHours = ({ hours, now }: Known, ago = 0): readonly CorrectableHour[] =>
  hours.filter(({ hour }) => hour + HOUR_MS + ago <= now);

const hourJob = (hour: number, reason: CorrectionReason): WaitingJob => ({
  kind: "hour",
  startMs: hour,
  endMs: hour + HOUR_MS,
  reason,
  notBefore: 0,
  since: 0,
});

/** @param day anything with its bounds */
export const dayJob = (
  { startMs, endMs }: Pick<WaitingJob, "startMs" | "endMs">,
  reason: CorrectionReason,
): WaitingJob => ({ kind: "day", startMs, endMs, reason, notBefore: 0, since: 0 });
