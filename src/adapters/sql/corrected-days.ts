import type { CorrectedDay, ViewUniques } from "../../ports/statistics-tables.ts";

type RegionRow = Omit<CorrectedDay, "uniques" | "places"> & CorrectedDay["places"][number];

/** What is written together: rows of uniques, and all of their places. */
export interface DayBatch {
  readonly uniques: readonly ViewUniques[];
  /** Each list goes into one statement. */
  readonly regions: readonly (readonly RegionRow[])[];
}

/**
 * Cuts between contents, never within one: who reads sees all of a content's places of a day, or those of before.
 * @param size rows of a statement; a batch has one of each table, unless one day alone has more places than that
 */
export const inDayBatches = (rows: readonly CorrectedDay[], size: number): readonly DayBatch[] => {
  const batches: { uniques: ViewUniques[]; regions: RegionRow[] }[] = [];
  for (const { places, ...row } of rows) {
    let last = batches.at(-1);
    if (
      last === undefined ||
      last.uniques.length === size ||
      last.regions.length + places.length > size
    ) {
      last = { uniques: [], regions: [] };
      batches.push(last);
    }
    last.uniques.push(row);
    const { uniques: _, ...of } = row;
    for (const place of places) last.regions.push({ ...of, ...place });
  }
  return batches.map(({ uniques, regions }) => ({ uniques, regions: cut(regions, size) }));
};

const cut = <Row>(rows: readonly Row[], size: number): readonly (readonly Row[])[] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  );
