/** What `npm run bench -- flush` writes: changed cells, the same for everyone who writes them. */
import type { ContentId } from "../src/core/ids.ts";
import { stamp } from "../src/core/stamp.ts";
import type { CellRecord } from "../src/ports/database.ts";

export interface FlushWork {
  /** Changed cells in all. */
  readonly cells: number;
  readonly rowsPerStatement: number;
  /** Shards that flush at a time. */
  readonly lanes: number;
  /** Stamps rise with it, so that each run changes every row. */
  readonly version: number;
}

/** Of one hour, as most of what a flush carries. */
const HOUR = Date.UTC(2026, 10, 22, 9);

/** Ids of a usual length, spread as ids are: neighbours in a shard are none in the table. */
export const contentOf = (index: number): ContentId => {
  const spread = Math.imul(index, 0x9e3779b1) >>> 0;
  return `article-${spread.toString(36).padStart(7, "0")}-${index}` as ContentId;
};

/** A lane's cells by the statement. */
export function* laneCells(
  { cells, rowsPerStatement, lanes, version }: FlushWork,
  lane: number,
): Generator<readonly CellRecord[]> {
  let page: CellRecord[] = [];
  for (let index = lane; index < cells; index += lanes) {
    page.push({
      content: contentOf(index),
      hour: HOUR,
      shard: lane,
      views: version,
      final: false,
      stamp: stamp(1_795_000_000_000, version),
    });
    if (page.length === rowsPerStatement) {
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}
