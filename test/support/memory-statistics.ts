import type { PlaceViews } from "../../src/core/statistics/places.ts";
import type {
  CorrectedDay,
  StatisticsTables,
  ViewDay,
  ViewUniques,
} from "../../src/ports/statistics-tables.ts";

/** Views of a content on a day of a shard from one place, as a table keeps them. */
export type ViewRegion = Omit<ViewUniques, "uniques"> & PlaceViews;

type Row = ViewDay | ViewUniques | ViewRegion;

/** Days of contents in memory, as the contract has them. */
export class MemoryStatistics implements Omit<StatisticsTables, "mostViewed"> {
  readonly #days = new Map<string, ViewDay>();
  readonly #uniques = new Map<string, ViewUniques>();
  readonly #regions = new Map<string, ViewRegion>();

  async saveDays(rows: readonly ViewDay[]): Promise<number> {
    return save(this.#days, rows, () => "");
  }

  async saveUniques(rows: readonly CorrectedDay[]): Promise<number> {
    for (const { places, ...row } of rows) {
      save(this.#uniques, [row], () => "");
      const { uniques: _, ...of } = row;
      const regions = places.map((place) => ({ ...of, ...place }));
      save(this.#regions, regions, ({ country, region, city }) => `${country}/${region}/${city}`);
    }
    return 1;
  }

  async days(content: string, from: number, to: number): Promise<readonly ViewDay[]> {
    return during(this.#days, content, from, to);
  }

  async uniques(content: string, from: number, to: number): Promise<readonly ViewUniques[]> {
    return during(this.#uniques, content, from, to);
  }

  async regions(content: string, from: number, to: number): Promise<readonly PlaceViews[]> {
    const sums = new Map<string, PlaceViews>();
    for (const row of this.rows().regions) {
      if (row.content !== content || row.day < from || row.day >= to || row.views === 0) continue;
      const { country, region, city } = row;
      const key = JSON.stringify([country, region, city]);
      const views = (sums.get(key)?.views ?? 0) + row.views;
      sums.set(key, { country, region, city, views });
    }
    return [...sums.values()];
  }

  /** All that only correction writes; of regions, those that say something. */
  rows(): { readonly uniques: readonly ViewUniques[]; readonly regions: readonly ViewRegion[] } {
    const uniques = [...this.#uniques.values()];
    const regions = [...this.#regions.values()].filter(
      (row) => this.#uniques.get(keyOf(row, ""))?.stamp === row.stamp,
    );
    return { uniques, regions };
  }
}

const keyOf = ({ content, day, shard }: Row, place: string): string =>
  `${content}/${day}/${shard}/${place}`;

const save = <Kept extends Row>(
  table: Map<string, Kept>,
  rows: readonly Kept[],
  placeOf: (row: Kept) => string,
): number => {
  for (const row of rows) {
    const key = keyOf(row, placeOf(row));
    const before = table.get(key);
    if (before === undefined || row.stamp > before.stamp) table.set(key, row);
  }
  return 1;
};

const during = <Kept extends Row>(
  table: ReadonlyMap<string, Kept>,
  content: string,
  from: number,
  to: number,
): readonly Kept[] =>
  [...table.values()]
    .filter((row) => row.content === content && from <= row.day && row.day < to)
    .sort((a, b) => a.day - b.day || a.shard - b.shard);
