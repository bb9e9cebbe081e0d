import type { ReportingCalendar } from "../views/reporting-day.ts";
import { localName } from "./hour-of-day.ts";
import { isEven, type LiveGranularity, type Periods } from "./periods.ts";
import type { Outline } from "./plan.ts";

/** What an answer says of its range. */
export interface Frame<Kind extends LiveGranularity> {
  readonly granularity: Kind;
  readonly timeZone: string;
  /** Of whole periods; the end is outside. */
  readonly from: string;
  readonly to: string;
  /** When the numbers were true, ms. */
  readonly asOf: number;
  /** Where the next page begins. */
  readonly next?: string;
}

export const frameOf = <Kind extends LiveGranularity>(
  { periods, range, page }: Outline<Kind>,
  { timeZone }: ReportingCalendar,
  asOf: number,
): Frame<Kind> => ({
  granularity: periods.granularity,
  timeZone,
  from: periods.boundOf(range.first),
  to: periods.boundOf(range.end),
  asOf,
  ...(page.end < range.end && { next: periods.boundOf(page.end) }),
});

/** What an answer says of when a period is. */
export interface Place {
  readonly name: string;
  /** Of what is shorter than a day, as the reporting time zone writes it. */
  readonly local?: string;
  /** Ms. */
  readonly start: number;
  readonly end: number;
}

export const placeOf = (
  period: number,
  periods: Periods<LiveGranularity>,
  calendar: ReportingCalendar,
): Place => {
  const [start, end] = [periods.startOf(period), periods.startOf(period + 1)];
  const local = isEven(periods.granularity) && { local: localName(calendar, start) };
  return { name: periods.nameOf(period), ...local, start, end };
};
