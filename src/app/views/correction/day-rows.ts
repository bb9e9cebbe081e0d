import { dateNumber } from "../../../core/civil-date.ts";
import { stamp } from "../../../core/stamp.ts";
import type { ReportingDay } from "../../../core/views/reporting-day.ts";
import type { CorrectorStore, SliceName } from "../../../ports/corrector-store.ts";
import type { ViewRegion, ViewUniques } from "../../../ports/statistics-tables.ts";
import type { WalkedContent } from "./content-walk.ts";
import { PageCursor, type PageSource } from "./page-cursor.ts";
import type { Places } from "./places.ts";

/** Rows of one step, to be saved together. */
export interface DayRows {
  readonly uniques: ViewUniques[];
  readonly regions: ViewRegion[];
}

interface RowsOf {
  readonly day: ReportingDay;
  readonly shard: number;
  readonly run: number;
  readonly final: boolean;
  readonly places: Places;
}

/** What a content's walk says of its day. */
export const addDayRows = (into: DayRows, walked: WalkedContent, of: RowsOf): void => {
  const { content, uniques } = walked;
  const { shard, final } = of;
  const day = dateNumber(of.day.date);
  const stamped = stamp(of.run, 0);
  into.uniques.push({ content, day, shard, uniques, final, stamp: stamped });
  for (const [place, views] of walked.places) {
    const { country, region } = of.places.at(place);
    into.regions.push({
      ...{ content, day, country, region, city: "", shard, views, final },
      stamp: stamped,
    });
  }
};

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
