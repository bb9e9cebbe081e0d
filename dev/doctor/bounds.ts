/**
 * What instant a partition's bound is. Servers write it in the units of the table's expression: a quoted date, days
 * since the year 0 (`to_days`), seconds (`unix_timestamp`), or the bare number of a column, whose unit is told from its
 * size: for any time between 1990 and 2100 the sizes do not overlap.
 */
import type { Partition } from "./server.ts";

interface Unit {
  readonly isOf: (partition: Partition) => boolean;
  readonly toMs: (below: string) => number;
  readonly fromMs: (ms: number) => string;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

/** `TO_DAYS('1970-01-01')` */
const DAYS_BEFORE_1970 = 719_528;

const number = (ms: number, offset = 0): Pick<Unit, "toMs" | "fromMs"> => ({
  toMs: (below) => (Number(below) - offset) * ms,
  fromMs: (at) => `${Math.floor(at / ms) + offset}`,
});

const between = (least: number, most: number) => {
  return ({ below }: Partition): boolean => Number(below) >= least && Number(below) < most;
};

const by = (name: string) => {
  return ({ expression }: Partition): boolean => expression.toLowerCase().startsWith(name);
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

const UNITS: readonly Unit[] = [
  {
    isOf: ({ below }) => below.startsWith("'"),
    toMs: (below) => {
      const text = below.replaceAll("'", "").replace(" ", "T");
      return Date.parse(text.includes("T") ? `${text}Z` : text);
    },
    fromMs: (ms) => `'${isoOf(ms).slice(0, 10)}'`,
  },
  { isOf: by("to_days("), ...number(DAY_MS, DAYS_BEFORE_1970) },
  { isOf: by("unix_timestamp("), ...number(SECOND_MS) },
  // days since 1970
  { isOf: between(7_000, 50_000), ...number(DAY_MS) },
  // hours since 1970
  { isOf: between(175_000, 1_200_000), ...number(HOUR_MS) },
  // 20261201
  {
    isOf: between(19_900_101, 21_000_101),
    toMs: (below) => Date.parse(below.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3")),
    fromMs: (ms) => isoOf(ms).slice(0, 10).replaceAll("-", ""),
  },
  { isOf: between(600_000_000, 4_200_000_000), ...number(SECOND_MS) },
  { isOf: between(600_000_000_000, 4_200_000_000_000), ...number(1) },
];

/** @returns undefined for a bound in a unit that is none of these */
export const instantOf = (partition: Partition): Date | undefined => {
  const ms = unitOf(partition)?.toMs(partition.below) ?? Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms);
};

/** The bound of `at` as the table of `like` writes it. */
export const boundLike = (like: Partition, at: Date): string | undefined =>
  unitOf(like)?.fromMs(at.getTime());

const unitOf = (partition: Partition): Unit | undefined =>
  UNITS.find(({ isOf }) => isOf(partition));
