import { isEven, type LiveGranularity } from "./periods.ts";
import { type Asked, daySpan, type Outline, outlineOf, type Span } from "./plan.ts";

/** What one history of a stream or a broadcaster is made of. */
export interface HistoryPlan extends Outline<LiveGranularity> {
  /** Rows to read; absent: none of them. Samples by `recordedAt`, ms; days by number (20261121). */
  readonly rows: { readonly samples: Span | undefined; readonly days: Span | undefined };
}

/** @param now ms */
export const planHistory = (asked: Asked<LiveGranularity>, now: number): HistoryPlan => {
  const outline = outlineOf(asked, now);
  const { periods, range, before = range, profiled } = outline;
  const even = isEven(periods.granularity);
  const samples =
    even || profiled
      ? samplesOf({ from: periods.startOf(before.first), to: periods.startOf(range.end) })
      : undefined;
  const days = even
    ? undefined
    : daySpan(periods.firstDate(before.first), periods.firstDate(range.end));
  return { ...outline, rows: { samples, days } };
};

/** A sample is of the time before it, so the one at a period's end is the period's last. */
const samplesOf = ({ from, to }: Span): Span => ({ from: from + 1, to: to + 1 });

/** @returns a moment of the window that a sample is of, ms */
export const momentOf = ({ recordedAt }: { readonly recordedAt: number }): number => recordedAt - 1;
