import { dateNumber } from "../../../core/civil-date.ts";
import { stamp } from "../../../core/stamp.ts";
import { foldPlaces } from "../../../core/statistics/places.ts";
import type { ReportingDay } from "../../../core/views/reporting-day.ts";
import type { CorrectorStore, SliceName } from "../../../ports/corrector-store.ts";
import type { CorrectedDay } from "../../../ports/statistics-tables.ts";
import type { WalkedContent } from "./content-walk.ts";
import { PageCursor, type PageSource } from "./page-cursor.ts";
import type { Places } from "./places.ts";

interface DayOf {
  readonly day: ReportingDay;
  readonly shard: number;
  readonly run: number;
  readonly final: boolean;
  readonly places: Places;
}

/** What a content's walk says of its day. */
export const correctedDay = (
  { content, uniques, places }: WalkedContent,
  { day, shard, run, final, places: known }: DayOf,
): CorrectedDay => ({
  ...{ content, day: dateNumber(day.date), shard, uniques, final, stamp: stamp(run, 0) },
  places: foldPlaces(places.map(([place, views]) => ({ ...known.at(place), views }))),
});

/** Cursors over all slices of an hour's result. */
export const cursorsOf = (
  store: CorrectorStore,
  { hour, run, slices }: Pick<SliceName, "hour" | "run"> & { readonly slices: number },
  from: string,
): readonly PageCursor[] =>
  Array.from({ length: slices }, (_, slice) => {
    return new PageCursor(pagesOf(store, { hour, run, slice }), from);
  });

const pagesOf = ({ results }: CorrectorStore, slice: SliceName): PageSource => {
  let last = 0;
  const take = (page: ReturnType<typeof results.pageFor>): Uint8Array | undefined => {
    last = page?.page ?? last;
    return page?.records;
  };
  return {
    from: (content) => take(results.pageFor(slice, content)),
    next: () => take(results.pageBehind(slice, last)),
  };
};
