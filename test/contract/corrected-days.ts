import { describe, expect, test } from "vitest";
import type { ContentId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { PlaceViews } from "../../src/core/statistics/places.ts";
import type { CorrectedDay, StatisticsTables } from "../../src/ports/statistics-tables.ts";

const DAY = 20_261_121;
const ALWAYS = [0, 99_999_999] as const;

let made = 0;
const fresh = (name: string): ContentId => {
  made += 1;
  return `places-${name}-${made}` as ContentId;
};

const place = (name: string, views: number): PlaceViews => {
  const [country = "", region = "", city = ""] = name.split("/");
  return { country, region, city, views };
};

const row = (content: ContentId, more: Partial<CorrectedDay> = {}): CorrectedDay => ({
  ...{ content, day: DAY, shard: 3, uniques: 5, final: false, stamp: stamp(1, 0), places: [] },
  ...more,
});

const byName = (places: readonly PlaceViews[]): Record<string, number> =>
  Object.fromEntries(
    places.map(({ country, region, city, views }) => [`${country}/${region}/${city}`, views]),
  );

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** More places than a statement takes, in all 6,000 views; half of them are in other sets too. */
const many = (set: number): readonly PlaceViews[] =>
  Array.from({ length: 1_200 }, (_, index) =>
    place(`DE/BE/${index % 2 === 0 ? "all" : set}-${index}`, 5),
  );

/** What correction knows of days, for any adapter. */
export const correctedDaysContract = (open: () => StatisticsTables): void => {
  const read = async (content: ContentId, [from, to]: readonly [number, number] = ALWAYS) =>
    byName(await open().regions(content, from, to));

  describe("places of corrected days", () => {
    test("are added up over days and shards, from inclusive, to exclusive, each place once", async () => {
      const content = fresh("sums");
      const rows = [DAY - 1, DAY, DAY + 1, DAY + 2].flatMap((day, index) =>
        [0, 2].map((shard) => {
          const places = [place("DE/BE/Berlin", 10 ** index), place(`FR/${day}/`, 7)];
          return row(content, { day, shard, places });
        }),
      );
      await open().saveUniques([...rows, row(fresh("sums"), { places: [place("US//", 9)] })]);
      expect(await read(content, [DAY, DAY + 2])).toEqual({
        "DE/BE/Berlin": 220,
        [`FR/${DAY}/`]: 14,
        [`FR/${DAY + 1}/`]: 14,
      });
      expect((await read(content))["DE/BE/Berlin"]).toBe(2_222);
      expect(await read(content, [DAY, DAY])).toEqual({});
    });

    test("that a later run does not name are gone, and those of other shards and days are not", async () => {
      const content = fresh("later");
      const before = [place("DE/BE/Berlin", 8), place("DE/other/", 3)];
      await open().saveUniques([
        row(content, { places: before }),
        row(content, { places: before, shard: 4 }),
        row(content, { places: before, day: DAY + 1 }),
      ]);
      await open().saveUniques([
        row(content, { stamp: stamp(2, 0), places: [place("DE/BE/Berlin", 9)] }),
      ]);
      expect(await read(content, [DAY, DAY + 1])).toEqual({ "DE/BE/Berlin": 17, "DE/other/": 3 });
      await open().saveUniques([row(content, { stamp: stamp(3, 0), uniques: 0 })]);
      expect(await read(content)).toEqual({ "DE/BE/Berlin": 16, "DE/other/": 6 });
    });

    test.for(ORDERS)(
      "are those of the latest run alone, written in the order %o",
      async (order) => {
        const content = fresh("order");
        const runs = [
          row(content, { places: [place("DE/BE/", 5), place("DE/BY/", 6)] }),
          row(content, { stamp: stamp(2, 0), places: [place("DE/BE/", 7), place("AT//", 8)] }),
          row(content, { stamp: stamp(3, 0), places: [place("AT//", 9), place("CH//", 5)] }),
        ];
        for (const index of order) await open().saveUniques([runs[index] ?? row(content)]);
        expect(await read(content)).toEqual({ "AT//": 9, "CH//": 5 });
        await open().saveUniques(runs);
        expect(await read(content)).toEqual({ "AT//": 9, "CH//": 5 });
      },
    );

    test("are known by their exact names: letter case, accents, emoji, and none at all", async () => {
      const content = fresh("names");
      const names = [
        "",
        "be",
        "BE",
        "bé",
        "be\u0301",
        "北海道",
        "👩‍👩‍👧‍👦",
        "👩",
        "ß",
        "ss",
        "'\"\\%_",
        "a b",
      ];
      const places = names.flatMap((name, index) => [
        { country: "DE", region: name, city: "", views: index + 1 },
        { country: "XX", region: "B", city: name, views: index + 100 },
      ]);
      await open().saveUniques([row(content, { places })]);
      await open().saveUniques([row(content, { places })]);
      const found = await open().regions(content, ...ALWAYS);
      expect(found).toHaveLength(places.length);
      expect(new Set(found)).toEqual(new Set(places));
    });

    test("of thousands of contents, and thousands of one, go in few statements, and none is lost", async () => {
      const one = fresh("one");
      const contents = Array.from({ length: 1_500 }, () => fresh("some"));
      const rows = contents.map((content, index) =>
        row(content, { places: [place("DE//", index + 1)] }),
      );
      const statements = await open().saveUniques([...rows, row(one, { places: many(1) })]);
      expect(statements).toBeLessThanOrEqual(8);
      expect(await open().regions(one, ...ALWAYS)).toHaveLength(1_200);
      for (const index of [0, 999, 1_000, 1_499]) {
        expect(await read(contents[index] ?? one)).toEqual({ "DE//": index + 1 });
      }
    });

    test("are with the uniques or not at all: where one is refused, those of before stand", async () => {
      const content = fresh("refused");
      const before = row(content, { places: [place("DE/BE/Berlin", 8)] });
      await open().saveUniques([before]);
      const places = [place("DE/BE/Berlin", 9), place("FR//", Number.NaN)];
      const later = row(content, { stamp: stamp(2, 0), uniques: 6, places });
      await expect(open().saveUniques([later])).rejects.toThrow();
      expect(await read(content)).toEqual({ "DE/BE/Berlin": 8 });
      expect(await open().uniques(content, ...ALWAYS)).toMatchObject([{ uniques: 5 }]);
    });

    test("are all of one run or all of another while they are written", async () => {
      const content = fresh("meanwhile");
      await open().saveUniques([row(content, { places: many(0) })]);
      let writing = true;
      const write = async () => {
        for (let run = 2; run < 8; run += 1) {
          await open().saveUniques([row(content, { stamp: stamp(run, 0), places: many(run) })]);
        }
        writing = false;
      };
      const sums = new Set<number>();
      const watch = async () => {
        while (writing) {
          const told = await open().regions(content, ...ALWAYS);
          sums.add(told.reduce((sum, { views }) => sum + views, 0));
        }
      };
      await Promise.all([write(), watch(), watch()]);
      expect([...sums]).toEqual([6_000]);
    });
  });
};
