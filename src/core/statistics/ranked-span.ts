import { RANKED_HOURLY_DAYS } from "../limits.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";
import type { Periods } from "./periods.ts";
import { daySpan, type Span, spanOf } from "./plan.ts";

/** Rows whose sums are the views of a period: of older days their sums, of others their hours. */
export interface RankedSpan {
  /** Ms. */
  readonly hours: Span | undefined;
  /** Numbers of days, 20261121. */
  readonly days: Span | undefined;
}

/** @param now ms */
export const rankedSpan = (
  periods: Periods,
  period: number,
  calendar: ReportingCalendar,
  now: number,
): RankedSpan => {
  const hourlyFrom = calendar.dayOf(now).date - RANKED_HOURLY_DAYS + 1;
  const hoursFrom = Math.max(periods.startOf(period), calendar.startOf(hourlyFrom));
  const daysTo = Math.min(periods.firstDate(period + 1), hourlyFrom);
  return {
    hours: spanOf(hoursFrom, periods.startOf(period + 1)),
    days: daySpan(periods.firstDate(period), daysTo),
  };
};
