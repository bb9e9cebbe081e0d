import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ContentId, contentId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { AuditEntry } from "../../src/ports/audit-entry.ts";
import type { Content, Database } from "../../src/ports/database.ts";
import type { MostViewed, ViewsOfContent } from "../../src/ports/statistics-tables.ts";

const HOUR = 3_600_000;

let made = 0;
const fresh = (name: string): string => {
  made += 1;
  return `${name}-${made}`;
};

const id = (text: string): ContentId => {
  const known = contentId(text);
  if (known === undefined) throw new Error(`"${text}" is no content id`);
  return known;
};

/** Time that no other test has: two weeks of it, days by their numbers and hours in ms. */
const freshTime = () => {
  made += 1;
  const day = 20_300_000 + 100 * made;
  const hour = Date.UTC(2040, 0, 1) + made * 14 * 24 * HOUR;
  return { day, hour };
};

const audit = (subject: string): AuditEntry => ({
  ...{ id: crypto.randomUUID(), at: 1, actor: "admin-key", action: "content.put", subject },
  ...{ before: undefined, after: undefined },
});

const put = async (database: Database, content: Content): Promise<void> => {
  if (content.category !== undefined) {
    await database.contents.putCategory(content.category, "A category", audit(content.category));
  }
  await database.contents.putContent(content, audit(content.id));
};

const aContent = (name: string, category?: string): Content => ({
  ...{ id: id(name), title: undefined, url: undefined, category, startViews: 0 },
});

interface Counted {
  readonly content: ContentId;
  readonly shard: number;
  readonly views: number;
}

const saveDays = (
  { statistics }: Database,
  rows: readonly (Counted & { readonly day: number })[],
): Promise<number> =>
  statistics.saveDays(rows.map((row) => ({ ...row, final: false, stamp: stamp(1, 1) })));

const saveHours = (
  { counts }: Database,
  rows: readonly (Counted & { readonly hour: number })[],
): Promise<number> =>
  counts.saveCells(rows.map((row) => ({ ...row, final: false, stamp: stamp(1, 1) })));

const summed = (rows: readonly Counted[]): readonly ViewsOfContent[] => {
  const sums = new Map<ContentId, number>();
  for (const { content, views } of rows) sums.set(content, (sums.get(content) ?? 0) + views);
  return [...sums]
    .filter(([, views]) => views > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([content, views]) => ({ content, views }));
};

/** By brute force. */
const expectedOf = (
  rows: readonly Counted[],
  categoryOf: (content: ContentId) => string | undefined,
  limit: number,
): MostViewed => {
  const all = summed(rows);
  const byCategory = Map.groupBy(all, ({ content }) => categoryOf(content));
  return {
    all: all.slice(0, limit),
    byCategory: new Map(
      [...byCategory].flatMap(([category, list]) =>
        category === undefined ? [] : [[category, list.slice(0, limit)] as const],
      ),
    ),
  };
};

/** The promises of `mostViewed` and `findContents`, for any adapter. */
export const mostViewedContract = (open: () => Database): void => {
  describe("the most viewed contents", () => {
    test("of any rows are what brute force finds, of all and of each category", async () => {
      const database = open();
      const categories = [fresh("x"), fresh("y"), undefined] as const;
      const prefix = fresh("c");
      const contents = Array.from({ length: 12 }, (_, index) => ({
        id: id(`${prefix}-${"AaBb_-09zZyY"[index]}`),
        category: index === 11 ? undefined : categories[index % 3],
        // Somebody may view what nobody has put in.
        isKnown: index !== 11,
      }));
      for (const content of contents) {
        if (content.isKnown) await put(database, aContent(content.id, content.category));
      }
      const categoryOf = (wanted: ContentId) => contents.find((it) => it.id === wanted)?.category;
      const row = fc.record({
        content: fc.constantFrom(...contents.map((it) => it.id)),
        shard: fc.nat(2),
        views: fc.nat(4),
        offset: fc.integer({ min: -1, max: 4 }),
        hourly: fc.boolean(),
      });
      const rows = fc.uniqueArray(row, {
        maxLength: 60,
        selector: (it) => `${it.content}/${it.shard}/${it.offset}/${it.hourly}`,
      });
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (given, limit) => {
          const { day, hour } = freshTime();
          const hourly = given.filter((it) => it.hourly);
          const daily = given.filter((it) => !it.hourly);
          await saveHours(
            database,
            hourly.map((it) => ({ ...it, hour: hour + it.offset * HOUR })),
          );
          await saveDays(
            database,
            daily.map((it) => ({ ...it, day: day + it.offset })),
          );
          const [days, hours] = [
            { from: day, to: day + 4 },
            { from: hour, to: hour + 4 * HOUR },
          ];
          const inside = ({ offset }: { readonly offset: number }) => offset >= 0 && offset < 4;
          for (const [span, counted] of [
            [{ days, hours }, given],
            [{ days, hours: undefined }, daily],
            [{ days: undefined, hours }, hourly],
          ] as const) {
            expect(await database.statistics.mostViewed(span, limit)).toEqual(
              expectedOf(counted.filter(inside), categoryOf, limit),
            );
          }
        }),
        { numRuns: 20 },
      );
    });

    test("of no time at all are none", async () => {
      const span = { days: undefined, hours: undefined };
      const nothing = { all: [], byCategory: new Map() };
      expect(await open().statistics.mostViewed(span, 100)).toEqual(nothing);
      const { day, hour } = freshTime();
      const both = { days: { from: day, to: day + 1 }, hours: { from: hour, to: hour + HOUR } };
      expect(await open().statistics.mostViewed(both, 100)).toEqual(nothing);
    });

    test("a category has its own first hundred, however many others are in front of them", async () => {
      const database = open();
      const { day } = freshTime();
      const [large, small] = [fresh("large"), fresh("small")];
      const prefix = fresh("m");
      const of = (category: string, count: number, views: number) =>
        Array.from({ length: count }, (_, index) => ({
          category,
          row: {
            content: id(`${prefix}-${category}-${index}`),
            shard: 0,
            views: views + index,
            day,
          },
        }));
      const all = [...of(large, 120, 1_000), ...of(small, 3, 1)];
      for (const { category, row } of all) await put(database, aContent(row.content, category));
      await saveDays(
        database,
        all.map(({ row }) => row),
      );
      const span = { days: { from: day, to: day + 1 }, hours: undefined };
      const found = await database.statistics.mostViewed(span, 100);
      expect(found.all).toHaveLength(100);
      expect(found.all.at(-1)?.views).toBe(1_020);
      expect(found.byCategory.get(large)).toEqual(found.all);
      expect(found.byCategory.get(small)?.map(({ views }) => views)).toEqual([3, 2, 1]);
    });

    test("numbers beyond 32 bits stay numbers, also as sums over shards, hours and days", async () => {
      const database = open();
      const { day, hour } = freshTime();
      const content = id(fresh("large"));
      await put(database, aContent(content, fresh("numbers")));
      const views = 3_000_000_000;
      await saveDays(
        database,
        [0, 1].map((shard) => ({ content, shard, views, day })),
      );
      await saveHours(
        database,
        [0, 1].map((shard) => ({ content, shard, views, hour })),
      );
      const span = { days: { from: day, to: day + 1 }, hours: { from: hour, to: hour + HOUR } };
      const { all, byCategory } = await database.statistics.mostViewed(span, 9);
      expect(all).toEqual([{ content, views: 4 * views }]);
      expect([...byCategory.values()]).toEqual([all]);
    });
  });

  describe("contents by their ids", () => {
    test("are found as they were put in, those nobody knows are left out, and none is asked for in vain", async () => {
      const database = open();
      const category = fresh("found");
      const full: Content = {
        ...{ id: id(fresh("full")), title: "Löwe 🦁", url: "https://example.org/a?b=c" },
        ...{ category, startViews: 7 },
      };
      const bare = aContent(fresh("bare"));
      await put(database, full);
      await put(database, bare);
      const { contents } = database;
      const found = await contents.findContents([full.id, id(fresh("nobody")), bare.id]);
      expect(new Set(found)).toEqual(new Set([full, bare]));
      expect(await contents.findContents([id(full.id.toUpperCase())])).toEqual([]);
      expect(await contents.findContents([])).toEqual([]);
    });

    test("a thousand are found by one call", async () => {
      const database = open();
      const prefix = fresh("many");
      const known = Array.from({ length: 40 }, (_, index) => aContent(`${prefix}-${index * 25}`));
      for (const content of known) await put(database, content);
      const ids = Array.from({ length: 1_000 }, (_, index) => id(`${prefix}-${index}`));
      expect(new Set(await database.contents.findContents(ids))).toEqual(new Set(known));
    });
  });
};
