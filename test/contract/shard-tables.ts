import { describe, expect, test } from "vitest";
import type { ContentId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { CellRecord, Database, TotalRecord } from "../../src/ports/database.ts";

const HOUR = Date.UTC(2026, 10, 21, 9);
const HOUR_MS = 3_600_000;

/** In the order of their bytes, which is not that of any language. */
const CONTENTS = ["-", "0", "10", "9", "A", "Z", "_", "a", "a-", "aB", "a_", "aa", "ab"].map(
  (id) => id as ContentId,
);

let made = 0;

/** A shard that no other test has. */
const freshShard = (): number => {
  made += 1;
  return 1_000_000 + made;
};

const cell = (shard: number, content: ContentId, hour = 0): CellRecord => ({
  ...{ content, hour: HOUR + hour * HOUR_MS, shard, views: hour + 1, final: hour % 2 === 1 },
  stamp: stamp(1, 1),
});

const total = (shard: number, content: ContentId, more: Partial<TotalRecord> = {}) => ({
  ...{ content, shard, closed: 5, closedThrough: HOUR, published: 9, start: 3, restated: -2 },
  stamp: stamp(1, 1),
  ...more,
});

/** Three cells a content, and as many in the shards beside it that are to be passed over. */
const saveCells = async ({ counts }: Database, shard: number): Promise<readonly CellRecord[]> => {
  const cellsOf = (of: number) =>
    CONTENTS.flatMap((content) => [0, 1, 2].map((hour) => cell(of, content, hour)));
  const rows = cellsOf(shard);
  await counts.saveCells([...rows.toReversed(), ...cellsOf(shard + 500_000)]);
  return rows;
};

interface Paging<Row> {
  page(after: Row | undefined, limit: number): Promise<readonly Row[]>;
  readonly limit: number;
  /** After each page. */
  readonly meanwhile?: (page: readonly Row[]) => Promise<void>;
}

const pages = async <Row>({ page, limit, meanwhile }: Paging<Row>): Promise<readonly Row[]> => {
  const found: Row[] = [];
  let rows: readonly Row[];
  do {
    rows = await page(found.at(-1), limit);
    expect(rows.length).toBeLessThanOrEqual(limit);
    found.push(...rows);
    await meanwhile?.(rows);
  } while (rows.length === limit);
  return found;
};

/** The promises of the port `ShardTables`, for any adapter of it. */
export const shardTablesContract = (open: () => Database): void => {
  describe("all of a shard", () => {
    test.for([1, 2, 3, 13, 38, 39, 40])(
      "cells in pages of %i: each of the shard once, in the order of content and hour, none of another's",
      async (limit) => {
        const database = open();
        const shard = freshShard();
        const rows = await saveCells(database, shard);
        const page = (after: CellRecord | undefined) => database.shards.cells(shard, after, limit);
        expect(await pages({ page, limit })).toEqual(rows);
      },
    );

    test.for([1, 2, 5, 12, 13, 14])(
      "totals in pages of %i: each of the shard once, in the order of content, none of another's",
      async (limit) => {
        const database = open();
        const shard = freshShard();
        const rows = CONTENTS.map((content) => total(shard, content));
        const others = CONTENTS.map((content) => total(shard + 500_000, content));
        await database.counts.saveTotals([...rows.toReversed(), ...others]);
        const page = (after: TotalRecord | undefined) =>
          database.shards.totals(shard, after, limit);
        expect(await pages({ page, limit })).toEqual(rows);
      },
    );

    test("cells that were there from the start are told once while others come in before and behind", async () => {
      const database = open();
      const shard = freshShard();
      const rows = await saveCells(database, shard);
      const meanwhile = async (page: readonly CellRecord[]) => {
        const come = page.flatMap(({ content }) =>
          [-1, 3, 4].map((hour) => cell(shard, content, hour)),
        );
        const raised = page.map((row) => ({ ...row, views: 1_000, stamp: stamp(1, 2) }));
        await database.counts.saveCells([...come, ...raised]);
      };
      const page = (after: CellRecord | undefined) => database.shards.cells(shard, after, 2);
      const found = await pages({ page, limit: 2, meanwhile });
      const keys = found.map(({ content, hour }) => `${content} ${hour}`);
      expect(new Set(keys).size).toBe(keys.length);
      const known = rows.map(({ content, hour }) => `${content} ${hour}`);
      expect(keys.filter((key) => known.includes(key))).toEqual(known);
    });

    test("totals that were there from the start are told once while others come in before and behind", async () => {
      const database = open();
      const shard = freshShard();
      await database.counts.saveTotals(CONTENTS.map((content) => total(shard, content)));
      const meanwhile = async (page: readonly TotalRecord[]) => {
        const come = page
          .filter(({ content }) => CONTENTS.includes(content))
          .flatMap(({ content }) =>
            ["-x", "zx"].map((more) => total(shard, `${content}${more}` as ContentId)),
          );
        await database.counts.saveTotals(come);
      };
      const page = (after: TotalRecord | undefined) => database.shards.totals(shard, after, 2);
      const keys = (await pages({ page, limit: 2, meanwhile })).map(({ content }) => content);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.filter((key) => CONTENTS.includes(key))).toEqual(CONTENTS);
    });

    test("cells may be asked for from an hour on, which is one of them", async () => {
      const database = open();
      const shard = freshShard();
      const rows = await saveCells(database, shard);
      const from = HOUR + HOUR_MS;
      const page = (after: CellRecord | undefined) => database.shards.cells(shard, after, 4, from);
      const late = rows.filter(({ hour }) => hour >= from);
      expect(await pages({ page, limit: 4 })).toEqual(late);
      expect(await database.shards.cells(shard, undefined, 4, from + 10 * HOUR_MS)).toEqual([]);
    });

    test("a shard that nobody wrote for has nothing", async () => {
      const { shards } = open();
      expect(await shards.cells(freshShard(), undefined, 10)).toEqual([]);
      expect(await shards.totals(freshShard(), undefined, 10)).toEqual([]);
    });

    test("start values and restatements come back as they went, also below 0 and beyond 32 bits", async () => {
      const { counts, shards } = open();
      const shard = freshShard();
      const [a, b] = CONTENTS.slice(2);
      if (a === undefined || b === undefined) throw new Error("too few contents");
      const rows = [
        total(shard, a, { start: 9_007_199_254_740_000, restated: -9_007_199_254_740_000 }),
        total(shard, b, { start: 0, restated: 9_007_199_254_740_000 }),
      ];
      await counts.saveTotals(rows);
      expect(await shards.totals(shard, undefined, 2)).toEqual(rows);
    });

    test("a restatement goes by its stamp like all else of a total", async () => {
      const { counts, shards } = open();
      const shard = freshShard();
      const content = CONTENTS[3];
      if (content === undefined) throw new Error("too few contents");
      const newer = total(shard, content, { start: 1, restated: 7, stamp: stamp(1, 2) });
      await counts.saveTotals([newer]);
      await counts.saveTotals([total(shard, content)]);
      expect(await shards.totals(shard, undefined, 2)).toEqual([newer]);
    });
  });
};
