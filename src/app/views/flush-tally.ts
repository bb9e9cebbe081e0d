import { FLUSH_BATCH_ROWS } from "../../core/limits.ts";
import { stamp } from "../../core/stamp.ts";
import type { CellRow, TotalRow } from "../../core/views/ledger.ts";
import type { CountTables } from "../../ports/database.ts";
import type { ChangePage, TallyStore } from "../../ports/tally-store.ts";

export interface FlushTallyDeps {
  readonly shard: number;
  readonly store: TallyStore;
  readonly counts: CountTables;
}

export interface Flushed {
  readonly rows: number;
  readonly statements: number;
}

/**
 * Brings the saved cells and totals that changed since the last flush to the database, as absolute values. It may
 * end at any point and run beside another: what is sent again carries the same stamp, and the version that is safe
 * is remembered only at the end.
 */
export const flushTally = async ({ shard, store, counts }: FlushTallyDeps): Promise<Flushed> => {
  const sending = store.days.sending();
  const above = store.flushed();
  const through = store.checkpoint();
  const generation = store.generation();
  let rows = 0;
  let statements = 0;

  const cells = changedPages<CellRow>((page) => store.changedCells(page), above, through);
  for (const page of cells) {
    rows += page.length;
    statements += await counts.saveCells(
      page.map(({ content, hour, counted, version, final }) => {
        return { content, hour, shard, views: counted, final, stamp: stamp(generation, version) };
      }),
    );
  }
  const totals = changedPages<TotalRow>((page) => store.changedTotals(page), above, through);
  for (const page of totals) {
    rows += page.length;
    statements += await counts.saveTotals(
      page.map(({ content, start, restated, published, closed, closedThrough, version }) => {
        return {
          content,
          shard,
          published,
          closed,
          closedThrough,
          start,
          restated,
          stamp: stamp(generation, version),
        };
      }),
    );
  }
  if (sending === store.days.sending()) store.saveFlushed(Math.max(through, store.flushed()));
  return { rows, statements };
};

/** Each page is read when it is asked for, so that no cursor is open while something else writes. */
export function* changedPages<Row>(
  read: (page: ChangePage<Row>) => readonly Row[],
  above: number,
  through: number,
): Generator<readonly Row[]> {
  let after: Row | undefined;
  do {
    const page = read({ after, above, through, limit: FLUSH_BATCH_ROWS });
    if (page.length > 0) yield page;
    after = page.length < FLUSH_BATCH_ROWS ? undefined : page.at(-1);
  } while (after !== undefined);
}
