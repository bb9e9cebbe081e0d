import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AGEING_TABLES,
  type AgeingTable,
  type Partition,
  type PartitionPlan,
  planPartitions,
} from "../../src/core/partitions.ts";

const DAY_MS = 86_400_000;
const CATCH_ALL: Partition = { name: "pmax", below: undefined };

/** What the tables promise, said once more and plainly. */
const PROMISES: Readonly<
  Record<
    AgeingTable,
    { unit: "ms" | "date"; period: "month" | "day"; kept: "year" | "30 days" | "all" }
  >
> = {
  viewer_history: { unit: "ms", period: "month", kept: "year" },
  view_hourly: { unit: "ms", period: "month", kept: "year" },
  daily_statistics: { unit: "date", period: "month", kept: "all" },
  user_sessions: { unit: "date", period: "day", kept: "30 days" },
};

const digits = (at: number): string => new Date(at).toISOString().slice(0, 10).replaceAll("-", "");

const inUnit = (table: AgeingTable, at: number): number =>
  PROMISES[table].unit === "ms" ? at : Number(digits(at));

/** First moment at or above a bound, ms. */
const msOf = (table: AgeingTable, bound: number): number =>
  PROMISES[table].unit === "ms"
    ? bound
    : Date.parse(String(bound).replace(/(....)(..)(..)/, "$1-$2-$3"));

const below = (partitions: readonly Partition[]): readonly number[] =>
  partitions.flatMap((partition) => partition.below ?? []);

/** As the database does it. */
const carryOut = (partitions: readonly Partition[], { add, drop }: PartitionPlan) => [
  ...partitions.filter((it) => it.below !== undefined && !drop.includes(it.name)),
  ...add,
  ...partitions.filter((it) => it.below === undefined),
];

/** The partition a row of this moment goes into. */
const homeOf = (table: AgeingTable, partitions: readonly Partition[], at: number): string =>
  partitions.find((it) => (it.below ?? Number.POSITIVE_INFINITY) > inUnit(table, at))?.name ??
  "none";

/** The latest time a row may have had to be too old now. */
const tooOld = (table: AgeingTable, now: number): number => {
  const { kept } = PROMISES[table];
  if (kept === "all") return Number.NEGATIVE_INFINITY;
  if (kept === "30 days") return now - 30 * DAY_MS;
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear() - 1, date.getUTCMonth(), date.getUTCDate());
};

const nameAt = (table: AgeingTable, at: number): string =>
  `p${digits(at).slice(0, PROMISES[table].period === "day" ? 8 : 6)}`;

const checkShape = (table: AgeingTable, partitions: readonly Partition[], now: number): void => {
  expect(partitions.at(-1)).toEqual(CATCH_ALL);
  const bounds = below(partitions);
  expect(bounds).toHaveLength(partitions.length - 1);
  expect(bounds).toEqual([...new Set(bounds)].toSorted((a, b) => a - b));
  expect(new Set(partitions.map(({ name }) => name)).size).toBe(partitions.length);
  // The three shortest months in a row have 89 days.
  const days = PROMISES[table].period === "day" ? 14 : 89;
  for (let day = 0; day <= days; day += 1) {
    const at = now + day * DAY_MS;
    expect(homeOf(table, partitions, at)).toBe(nameAt(table, at));
  }
};

const checkGone = (table: AgeingTable, gone: number | undefined, now: number, closed: number) => {
  if (gone === undefined) return;
  expect(msOf(table, gone)).toBeLessThanOrEqual(Math.min(tooOld(table, now), closed));
};

const date = fc.integer({ min: Date.UTC(2019, 0), max: Date.UTC(2045, 0) });
const anyTable = fc.constantFrom(...AGEING_TABLES);
const nights = fc.array(
  fc.record({
    missedMs: fc.oneof(
      fc.constant(DAY_MS),
      fc.integer({ min: 1, max: 40 * DAY_MS }),
      fc.integer({ min: 1, max: 900 * DAY_MS }),
    ),
    /** How far behind the slowest shard is, beyond raw retention. */
    behindMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 900 * DAY_MS })),
  }),
  { minLength: 1, maxLength: 12, size: "max" },
);

describe("whenever upkeep runs, and however long it did not", () => {
  test("there is room ahead and a catch-all, and nothing goes that is young or not closed", () => {
    fc.assert(
      fc.property(anyTable, date, nights, (table, birth, all) => {
        let partitions: readonly Partition[] = [CATCH_ALL];
        let now = birth;
        for (const { missedMs, behindMs } of all) {
          const closed = now - 90 * DAY_MS - behindMs;
          const state = { table, partitions, now, droppableBefore: closed };
          const plan = planPartitions(state);
          for (const name of plan.drop) {
            const gone = partitions.find((it) => it.name === name);
            expect(gone?.below).toBeDefined();
            checkGone(table, gone?.below, now, closed);
          }
          checkGone(table, plan.deleteBefore, now, closed);
          partitions = carryOut(partitions, plan);
          checkShape(table, partitions, now);
          const again = planPartitions({ ...state, partitions });
          expect([again.add, again.drop]).toEqual([[], []]);
          expect(again.catchAllInUse).toBe(false);
          now += missedMs;
        }
      }),
    );
  });

  test("what is older than kept by a whole period is gone once it is closed", () => {
    fc.assert(
      fc.property(anyTable, date, nights, (table, birth, all) => {
        let partitions: readonly Partition[] = [CATCH_ALL];
        let now = birth;
        for (const { missedMs } of all) {
          partitions = carryOut(partitions, planPartitions({ table, partitions, now }));
          const bounds = below(partitions).map((bound) => msOf(table, bound));
          const period = PROMISES[table].period === "day" ? DAY_MS : 31 * DAY_MS;
          expect(bounds[0] ?? 0).toBeGreaterThan(tooOld(table, now) - period);
          now += missedMs;
        }
      }),
    );
  });

  test("while a shard has closed nothing, nothing goes, however old", () => {
    fc.assert(
      fc.property(anyTable, date, (table, now) => {
        const old = carryOut(
          [CATCH_ALL],
          planPartitions({ table, partitions: [CATCH_ALL], now: 0 }),
        );
        const never = planPartitions({ table, partitions: old, now, droppableBefore: 0 });
        expect([never.drop, never.deleteBefore]).toEqual([[], undefined]);
      }),
    );
  });
});

const planned = (table: AgeingTable, now: number, partitions?: readonly Partition[]) =>
  planPartitions({ table, partitions, now });

const NOON = Date.UTC(2026, 10, 22, 12);

test("a new table gets the months it keeps, this one and three more", () => {
  const { add, drop } = planned("view_hourly", NOON, [CATCH_ALL]);
  expect(add[0]).toEqual({ name: "p202511", below: Date.UTC(2025, 11) });
  expect(add.at(-1)).toEqual({ name: "p202702", below: Date.UTC(2027, 2) });
  expect(add).toHaveLength(16);
  expect(drop).toEqual([]);
});

test("days are named and bounded by their date, over the end of a year and a leap day", () => {
  const yearEnd: Partition[] = [{ name: "p20261230", below: 20_261_231 }, CATCH_ALL];
  expect(planned("user_sessions", Date.UTC(2026, 11, 19), yearEnd).add).toEqual([
    { name: "p20261231", below: 20_270_101 },
    { name: "p20270101", below: 20_270_102 },
    { name: "p20270102", below: 20_270_103 },
  ]);
  const leap: Partition[] = [{ name: "p20280228", below: 20_280_229 }, CATCH_ALL];
  expect(planned("user_sessions", Date.UTC(2028, 1, 16), leap).add).toEqual([
    { name: "p20280229", below: 20_280_301 },
    { name: "p20280301", below: 20_280_302 },
  ]);
});

test("months of a table by date are bounded by the first day of the next", () => {
  const there: Partition[] = [{ name: "p202701", below: 20_270_201 }, CATCH_ALL];
  expect(planned("daily_statistics", NOON, there)).toMatchObject({
    add: [{ name: "p202702", below: 20_270_301 }],
    drop: [],
    deleteBefore: undefined,
  });
});

test("a month goes when all of it is a year old and every shard has closed it, to the millisecond", () => {
  const there: Partition[] = [
    { name: "p202510", below: Date.UTC(2025, 10) },
    { name: "p202702", below: Date.UTC(2027, 2) },
    CATCH_ALL,
  ];
  const drops = (now: number, droppableBefore: number) =>
    planPartitions({ table: "view_hourly", partitions: there, now, droppableBefore }).drop;
  const closed = Date.UTC(2025, 10);
  expect(drops(Date.UTC(2026, 10), closed)).toEqual(["p202510"]);
  expect(drops(Date.UTC(2026, 10) - 1, closed)).toEqual([]);
  expect(drops(Date.UTC(2026, 10), closed - 1)).toEqual([]);
});

test("where there are no partitions nothing is added, and rows go by whole periods too", () => {
  const state = { table: "view_hourly", partitions: undefined, now: NOON } as const;
  const free = planPartitions(state);
  expect(free).toEqual({
    add: [],
    drop: [],
    catchAllInUse: false,
    deleteBefore: Date.UTC(2025, 10),
  });
  const held = planPartitions({ ...state, droppableBefore: Date.UTC(2025, 6, 9) });
  expect(held.deleteBefore).toBe(Date.UTC(2025, 6));
  expect(planned("user_sessions", NOON).deleteBefore).toBe(20_261_023);
});

test("it is said when rows fall into the catch-all already", () => {
  const last = (at: number): Partition[] => [{ name: "p", below: at }, CATCH_ALL];
  expect(planned("view_hourly", NOON, last(NOON + 1)).catchAllInUse).toBe(false);
  expect(planned("view_hourly", NOON, last(NOON)).catchAllInUse).toBe(true);
  expect(planned("view_hourly", NOON, [CATCH_ALL]).catchAllInUse).toBe(true);
});

test("a bound that somebody set in the middle of a month is kept, and the next one is the month's end", () => {
  const odd: Partition[] = [{ name: "odd", below: Date.UTC(2027, 0, 15) }, CATCH_ALL];
  expect(planned("viewer_history", NOON, odd).add).toEqual([
    { name: "p202701", below: Date.UTC(2027, 1) },
    { name: "p202702", below: Date.UTC(2027, 2) },
  ]);
});

test("of a table kept for ever nothing goes, not even an empty partition below all time", () => {
  const zero: Partition[] = [
    { name: "zero", below: 0 },
    { name: "p202702", below: 20_270_301 },
    CATCH_ALL,
  ];
  expect(planned("daily_statistics", NOON, zero)).toMatchObject({ add: [], drop: [] });
});
