import { inArray, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { ContentId } from "../../core/ids.ts";
import type { Stamp } from "../../core/stamp.ts";
import type { CellRecord, CountTables, TotalRecord } from "../../ports/database.ts";
import { viewHourly, viewTotals } from "../../schema/d1.ts";

/** Rows of one statement: a JSON parameter of some 100 KB, well below D1's 2 MB. */
const ROWS_PER_STATEMENT = 1_000;

/** Ids of one `IN`: D1 takes 100 bound parameters a statement. */
const IDS_PER_STATEMENT = 100;

/** D1 takes 100 bound parameters a statement, so rows travel as one JSON parameter. */
export const d1CountTables = (db: DrizzleD1Database): CountTables => ({
  saveCells: (rows) =>
    inBatches(rows, ROWS_PER_STATEMENT, async (batch) => {
      const json = JSON.stringify(batch.toSorted(byCell).map(cellValues));
      await db.run(sql`
        INSERT INTO ${viewHourly} (content_id, hour, shard_id, views, final, stamp)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
        FROM json_each(${json}) WHERE true
        ON CONFLICT (content_id, hour, shard_id) DO UPDATE
        SET views = excluded.views, final = excluded.final, stamp = excluded.stamp
        WHERE excluded.stamp > view_hourly.stamp`);
    }),

  saveTotals: (rows) =>
    inBatches(rows, ROWS_PER_STATEMENT, async (batch) => {
      const json = JSON.stringify(batch.toSorted(byTotal).map(totalValues));
      await db.run(sql`
        INSERT INTO ${viewTotals} (content_id, shard_id, published, stamp)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
        FROM json_each(${json}) WHERE true
        ON CONFLICT (content_id, shard_id) DO UPDATE
        SET published = excluded.published, stamp = excluded.stamp
        WHERE excluded.stamp > view_totals.stamp`);
    }),

  async totals(contents) {
    const found: TotalRecord[] = [];
    await inBatches(contents, IDS_PER_STATEMENT, async (batch) => {
      const rows = await db
        .select()
        .from(viewTotals)
        .where(inArray(viewTotals.contentId, [...batch]));
      for (const { contentId, shardId, published, stamp } of rows) {
        found.push({
          content: contentId as ContentId,
          shard: shardId,
          published,
          closed: 0,
          closedThrough: 0,
          stamp: stamp as Stamp,
        });
      }
    });
    return found;
  },
});

const inBatches = async <Row>(
  rows: readonly Row[],
  size: number,
  run: (batch: readonly Row[]) => Promise<void>,
): Promise<number> => {
  let statements = 0;
  for (let from = 0; from < rows.length; from += size) {
    await run(rows.slice(from, from + size));
    statements += 1;
  }
  return statements;
};

const cellValues = ({ content, hour, shard, views, final, stamp }: CellRecord) => [
  content,
  hour,
  shard,
  views,
  Number(final),
  stamp,
];

const totalValues = ({ content, shard, published, stamp }: TotalRecord) => [
  content,
  shard,
  published,
  stamp,
];

const byTotal = (a: TotalRecord, b: TotalRecord): number =>
  compare(a.content, b.content) || a.shard - b.shard;

const byCell = (a: CellRecord, b: CellRecord): number =>
  compare(a.content, b.content) || a.hour - b.hour || a.shard - b.shard;

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
