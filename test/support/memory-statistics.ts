import type {
  StatisticsTables,
  ViewDay,
  ViewRegion,
  ViewUniques,
} from "../../src/ports/statistics-tables.ts";

type Row = ViewDay | ViewUniques | ViewRegion;

/** Days of contents in memory, as the contract has them. */
export class MemoryStatistics implements Omit<StatisticsTables, "mostViewed"> {
  readonly #days = new Map<string, ViewDay>();
  readonly #uniques = new Map<string, ViewUniques>();
  readonly #regions = new Map<string, ViewRegion>();

  async saveDays(rows: readonly ViewDay[]): Promise<number> {
    return save(this.#days, rows, () => "");
  }

  async saveUniques(rows: readonly ViewUniques[]): Promise<number> {
    return save(this.#uniques, rows, () => "");
  }

  async saveRegions(rows: readonly ViewRegion[]): Promise<number> {
    return save(this.#regions, rows, ({ country, region, city }) => `${country}/${region}/${city}`);
  }

  async days(content: string, from: number, to: number): Promise<readonly ViewDay[]> {
    return during(this.#days, content, from, to);
  }

  async uniques(content: string, from: number, to: number): Promise<readonly ViewUniques[]> {
    return during(this.#uniques, content, from, to);
  }

  async regions(content: string, from: number, to: number): Promise<readonly ViewRegion[]> {
    return during(this.#regions, content, from, to);
  }

  /** All that only correction writes. */
  rows(): { readonly uniques: readonly ViewUniques[]; readonly regions: readonly ViewRegion[] } {
    return { uniques: [...this.#uniques.values()], regions: [...this.#regions.values()] };
  }
}

const save = <Kept extends Row>(
  table: Map<string, Kept>,
  rows: readonly Kept[],
  placeOf: (row: Kept) => string,
): number => {
  for (const row of rows) {
    const key = `${row.content}/${row.day}/${row.shard}/${placeOf(row)}`;
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
