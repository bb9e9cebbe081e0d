import { dateNumber, dateOfNumber } from "../civil-date.ts";
import { STATS_SETTLE_MS } from "../limits.ts";
import type { ReportingCalendar } from "../views/reporting-day.ts";
import { type Frame, frameOf, type Place, placeOf } from "./frame.ts";
import { profileOf } from "./hour-of-day.ts";
import type { Granularity } from "./periods.ts";
import type { ReportPlan } from "./plan.ts";
import type { PeriodRange } from "./range.ts";
import {
  type Part,
  type Sum,
  sumByPeriod,
  sumOf,
  type Uniques,
  type UniquesPart,
  uniquesOf,
} from "./sums.ts";

interface Counted {
  readonly shard: number;
  readonly views: number;
  readonly final: boolean;
}

/** Rows as the plan wants them. */
export interface ReportRows {
  /** In the order of hours, ms. */
  readonly hours: readonly (Counted & { readonly hour: number })[];
  readonly days: readonly (Counted & { readonly day: number })[];
  readonly uniques: readonly UniquesPart[];
}

export interface ReportedPeriod extends Place, Sum, Partial<Uniques> {}

export interface Comparison {
  readonly before: { readonly from: string; readonly to: string; readonly views: number };
  /** 0.5 is half as many again; `null` when there were none before. */
  readonly change: number | null;
  /** The range is not over, and what was before it is. */
  readonly partial?: true;
  readonly hourOfDay?: readonly {
    readonly hour: number;
    readonly views: number;
    readonly before: number;
  }[];
}

export interface Report extends Frame<Granularity> {
  /** Of all periods from `from` to `to`, listed here or not. */
  readonly total: Sum;
  readonly periods: readonly ReportedPeriod[];
  readonly comparison?: Comparison;
}

/** @param asOf everything counted until then is in the rows, ms */
export const makeReport = (
  plan: ReportPlan,
  rows: ReportRows,
  calendar: ReportingCalendar,
  asOf: number,
): Report => {
  const { periods, range, page, before } = plan;
  const parts = partsOf(plan, rows, calendar);
  const sums = sumByPeriod(range, parts);
  const total = settled(sumOf(sums), periods.startOf(range.end), asOf);
  const uniques = uniquesTeller(plan, rows, parts);
  const describe = (sum: Sum, i: number): ReportedPeriod => {
    const place = placeOf(page.first + i, periods, calendar);
    const known = settled(sum, place.end, asOf);
    return { ...place, ...known, ...uniques(page.first + i, known) };
  };
  return {
    ...frameOf(plan, calendar, asOf),
    total,
    periods: sums.slice(0, page.end - page.first).map(describe),
    ...(before && {
      comparison: compare({ plan, rows, calendar, asOf, before, parts, views: total.views }),
    }),
  };
};

/** @param endMs of what is summed: the correction after it has to have had its chance */
const settled = ({ views, final }: Sum, endMs: number, asOf: number): Sum => ({
  views,
  final: final && asOf >= endMs + STATS_SETTLE_MS,
});

/** Each view is in one part: old days come from their sums, the others from hours, also where hours of both are there. */
const partsOf = (
  { periods, hourlyFrom }: ReportPlan,
  { hours, days }: ReportRows,
  calendar: ReportingCalendar,
): readonly Part[] => {
  const hourly = periods.granularity === "hour";
  const hourlyFromMs = hourly ? Number.NEGATIVE_INFINITY : calendar.startOf(hourlyFrom);
  return [
    ...days.map((row): Part => ({ ...row, period: periods.atDate(dateOfNumber(row.day)) })),
    ...hours
      .filter(({ hour }) => hour >= hourlyFromMs)
      .map((cell): Part => ({ ...cell, period: periods.at(cell.hour) })),
  ];
};

const uniquesTeller = (
  { periods, rows: { uniques: wanted } }: ReportPlan,
  { uniques }: ReportRows,
  parts: readonly Part[],
) => {
  if (wanted === undefined) return () => undefined;
  const told = Map.groupBy(uniques, ({ day }) => day);
  const counted = Map.groupBy(
    parts.filter(({ views }) => views > 0),
    ({ period }) => period,
  );
  return (period: number, sum: Sum): Uniques => {
    const shards = new Set((counted.get(period) ?? []).map(({ shard }) => shard));
    return uniquesOf(told.get(dateNumber(periods.firstDate(period))) ?? [], sum, shards);
  };
};

interface Compared {
  readonly plan: ReportPlan;
  readonly rows: ReportRows;
  readonly calendar: ReportingCalendar;
  readonly asOf: number;
  readonly before: PeriodRange;
  readonly parts: readonly Part[];
  readonly views: number;
}

const compare = (compared: Compared): Comparison => {
  const { plan, rows, calendar, asOf, before, parts, views } = compared;
  const { periods, range, profiled } = plan;
  const was = sumOf(sumByPeriod(before, parts)).views;
  const beganMs = periods.startOf(range.first);
  const profiles = () => {
    const profile = (within: (hour: number) => boolean) =>
      profileOf(
        rows.hours
          .filter(({ hour }) => within(hour))
          .map(({ hour, views }) => ({ at: hour, amount: views })),
        calendar,
      );
    const now = profile((hour) => hour >= beganMs);
    const then = profile((hour) => hour < beganMs);
    return now.map((count, hour) => ({ hour, views: count, before: then[hour] ?? 0 }));
  };
  return {
    before: { from: periods.boundOf(before.first), to: periods.boundOf(before.end), views: was },
    change: was === 0 ? null : (views - was) / was,
    ...(asOf < periods.startOf(range.end) && { partial: true }),
    ...(profiled && { hourOfDay: profiles() }),
  };
};
