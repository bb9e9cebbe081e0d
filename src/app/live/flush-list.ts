import type { StreamId } from "../../core/ids.ts";
import { FLUSH_BATCH_ROWS } from "../../core/limits.ts";
import type {
  CurrentViewers,
  StreamDay,
  StreamTables,
  ViewerSample,
} from "../../ports/database.ts";
import type { ListedStream } from "../../ports/rankings-store.ts";
import type { ListFlushed, LiveEntry } from "../../protocol/room-rpc.ts";
import { rowsOf, type StreamRows } from "./listed-stream.ts";

export type FlushTables = Pick<StreamTables, "saveCurrent" | "saveHistory" | "saveDays">;

/** The list of live streams, as its flush sees it. */
export interface FlushedList {
  /** Those of which something is not in the database, as of now. */
  unsaved(): readonly StreamId[];
  find(stream: StreamId): ListedStream | undefined;
  /** All rows of the entry are in the database; the list may have a later one by now. */
  written(entry: LiveEntry): void;
}

/** Rows of some streams, at most `FLUSH_BATCH_ROWS` of each kind unless one stream alone has more. */
interface Batch {
  readonly entries: LiveEntry[];
  readonly samples: ViewerSample[];
  readonly days: StreamDay[];
  readonly current: CurrentViewers[];
}

/**
 * Brings what changed since the last flush to the database, as absolute values that carry the stamp of the entry they
 * came in. A stream is marked when all of its rows are written, by what was read of it: a flush may end anywhere and
 * entries may change meanwhile, the next one writes the rest. Streams are looked at when their turn comes, so that of
 * 100,000 no more than a batch is held twice.
 */
export const flushList = async (list: FlushedList, tables: FlushTables): Promise<ListFlushed> => {
  let rows = 0;
  let statements = 0;
  for (const { entries, samples, days, current } of batchesOf(list)) {
    statements += await tables.saveHistory(samples);
    statements += await tables.saveDays(days);
    statements += await tables.saveCurrent(current);
    rows += samples.length + days.length + current.length;
    for (const entry of entries) list.written(entry);
  }
  return { rows, statements };
};

function* batchesOf(list: FlushedList): Generator<Batch> {
  let batch = emptyBatch();
  for (const stream of list.unsaved()) {
    const listed = list.find(stream);
    if (listed === undefined) continue;
    const rows = rowsOf(listed);
    if (!hasRoomFor(batch, rows)) {
      yield batch;
      batch = emptyBatch();
    }
    batch.entries.push(listed.entry);
    batch.samples.push(...rows.samples);
    batch.days.push(...rows.days);
    batch.current.push(...rows.current);
  }
  if (batch.entries.length > 0) yield batch;
}

const emptyBatch = (): Batch => ({ entries: [], samples: [], days: [], current: [] });

const hasRoomFor = (batch: Batch, { samples, days, current }: StreamRows): boolean =>
  batch.entries.length === 0 ||
  (batch.samples.length + samples.length <= FLUSH_BATCH_ROWS &&
    batch.days.length + days.length <= FLUSH_BATCH_ROWS &&
    batch.current.length + current.length <= FLUSH_BATCH_ROWS);
