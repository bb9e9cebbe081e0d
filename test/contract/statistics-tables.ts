import { describe, expect, test } from "vitest";
import type { ContentId } from "../../src/core/ids.ts";
import { type Stamp, stamp } from "../../src/core/stamp.ts";
import type {
  CorrectedDay,
  StatisticsTables,
  ViewDay,
  ViewUniques,
} from "../../src/ports/statistics-tables.ts";
import { correctedDaysContract } from "./corrected-days.ts";

export interface StatisticsUnderTest {
  readonly statistics: StatisticsTables;
}

const DAY = 20_261_121;
const ALWAYS = [0, 99_999_999] as const;

let made = 0;
const fresh = (name: string): ContentId => {
  made += 1;
  return `${name}-${made}` as ContentId;
};

const viewDay = (content: ContentId, more: Partial<ViewDay> = {}): ViewDay => ({
  ...{ content, day: DAY, shard: 3, views: 7, final: false, stamp: stamp(1, 1) },
  ...more,
});

const viewUniques = (content: ContentId, more: Partial<ViewUniques> = {}): ViewUniques => ({
  ...{ content, day: DAY, shard: 3, uniques: 5, final: false, stamp: stamp(1, 1) },
  ...more,
});

const corrected = (uniques: ViewUniques): CorrectedDay => ({ ...uniques, places: [] });

interface Write {
  /** Of views or visitors. */
  readonly number: number;
  readonly final: boolean;
  readonly stamp: Stamp;
}

/** Three writes of one row, the newest last; the second generation is younger than any version of the first. */
const WRITES = [
  { number: 30, final: false, stamp: stamp(1, 8) },
  { number: 10, final: true, stamp: stamp(1, 9) },
  { number: 20, final: false, stamp: stamp(2, 0) },
] as const satisfies readonly Write[];

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

interface TableUnderTest {
  readonly name: string;
  save(under: StatisticsUnderTest, content: ContentId, writes: readonly Write[]): Promise<number>;
  read(under: StatisticsUnderTest, content: ContentId): Promise<readonly unknown[]>;
  /** What a write becomes. */
  row(content: ContentId, write: Write): unknown;
}

const dayOf = (content: ContentId, { number: views, ...rest }: Write) =>
  viewDay(content, { views, ...rest });
const uniquesOf = (content: ContentId, { number: uniques, ...rest }: Write) =>
  viewUniques(content, { uniques, ...rest });

const TABLES: readonly TableUnderTest[] = [
  {
    name: "days",
    save: ({ statistics }, content, writes) =>
      statistics.saveDays(writes.map((write) => dayOf(content, write))),
    read: ({ statistics }, content) => statistics.days(content, ...ALWAYS),
    row: dayOf,
  },
  {
    name: "uniques",
    save: ({ statistics }, content, writes) =>
      statistics.saveUniques(writes.map((write) => corrected(uniquesOf(content, write)))),
    read: ({ statistics }, content) => statistics.uniques(content, ...ALWAYS),
    row: uniquesOf,
  },
];

/** The promises of the port `StatisticsTables`, for any adapter of it. */
export const statisticsTablesContract = (open: () => StatisticsUnderTest): void => {
  describe("statistics of contents", () => {
    describe.each(TABLES)("$name", ({ save, read, row }) => {
      test.for(ORDERS)("the larger stamp stays, written in the order %o", async (order) => {
        const content = fresh("order");
        for (const index of order) await save(open(), content, [WRITES[index]]);
        expect(await read(open(), content)).toEqual([row(content, WRITES[2])]);
      });

      test.for(ORDERS)("also of the rows of one statement, in the order %o", async (order) => {
        const content = fresh("statement");
        const writes = order.map((index) => WRITES[index]);
        await save(open(), content, writes);
        expect(await read(open(), content)).toEqual([row(content, WRITES[2])]);
      });

      test("twice equals once, and an equal stamp changes nothing", async () => {
        const content = fresh("twice");
        await save(open(), content, [WRITES[1]]);
        await save(open(), content, [WRITES[1]]);
        await save(open(), content, [{ ...WRITES[0], stamp: WRITES[1].stamp }]);
        expect(await read(open(), content)).toEqual([row(content, WRITES[1])]);
      });

      test("a number beyond 32 bits comes back as it went, and 0 as 0", async () => {
        const [large, none] = [fresh("large"), fresh("none")];
        const numbers = [9_007_199_254_740_000, 0] as const;
        for (const [index, content] of [large, none].entries()) {
          const write = { ...WRITES[2], number: numbers[index] ?? 1 };
          await save(open(), content, [write]);
          expect(await read(open(), content)).toEqual([row(content, write)]);
        }
      });

      test("nothing saved is no statement", async () => {
        expect(await save(open(), fresh("nothing"), [])).toBe(0);
        expect(await read(open(), fresh("nothing"))).toEqual([]);
      });
    });

    test("days are those of all shards in the order of day and shard, from inclusive, to exclusive", async () => {
      const { statistics } = open();
      const content = fresh("days");
      const rows = [DAY - 1, DAY, DAY + 1, DAY + 2].flatMap((day) =>
        [0, 2, 10].map((shard) => viewDay(content, { day, shard, views: day + shard })),
      );
      await statistics.saveDays([...rows.toReversed(), viewDay(fresh("days"))]);
      expect(await statistics.days(content, DAY, DAY + 2)).toEqual(rows.slice(3, 9));
      expect(await statistics.days(content, ...ALWAYS)).toEqual(rows);
      expect(await statistics.days(content, DAY, DAY)).toEqual([]);
      expect(await statistics.uniques(content, ...ALWAYS)).toEqual([]);
    });

    test("uniques are those of all shards in the order of day and shard, from inclusive, to exclusive", async () => {
      const { statistics } = open();
      const content = fresh("uniques");
      const rows = [DAY - 1, DAY, DAY + 1, DAY + 2].flatMap((day) =>
        [0, 2, 10].map((shard) => viewUniques(content, { day, shard, uniques: day + shard })),
      );
      await statistics.saveUniques(
        [...rows.toReversed(), viewUniques(fresh("uniques"))].map(corrected),
      );
      expect(await statistics.uniques(content, DAY, DAY + 2)).toEqual(rows.slice(3, 9));
      expect(await statistics.uniques(content, ...ALWAYS)).toEqual(rows);
      expect(await statistics.uniques(content, DAY, DAY)).toEqual([]);
      expect(await statistics.days(content, ...ALWAYS)).toEqual([]);
    });

    test("thousands of rows go in few statements, and none is lost", async () => {
      const { statistics } = open();
      const content = fresh("many");
      const many = Array.from({ length: 2_500 }, (_, shard) => shard);
      const days = many.map((shard) => viewDay(content, { shard }));
      expect(await statistics.saveDays(days)).toBeLessThanOrEqual(5);
      const uniques = many.map((shard) => viewUniques(content, { shard }));
      expect(await statistics.saveUniques(uniques.map(corrected))).toBeLessThanOrEqual(5);
      expect(await statistics.days(content, DAY, DAY + 1)).toEqual(days);
      expect(await statistics.uniques(content, DAY, DAY + 1)).toEqual(uniques);
    });

    correctedDaysContract(() => open().statistics);
  });
};
