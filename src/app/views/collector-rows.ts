import { COLLECTOR_TAIL_MAX_BYTES } from "../../core/limits.ts";
import type { CollectorStore, LoggedRow } from "../../ports/collector-store.ts";
import { concat } from "../../protocol/bytes.ts";
import { framesOf, shardOfFrame } from "../../protocol/frame.ts";

/** A row with its frames already sorted by shard. */
interface RoutedRow extends LoggedRow {
  readonly byShard: ReadonlyMap<number, Uint8Array>;
}

/**
 * A Collector's rows: in SQLite, with the youngest of them in memory too so that a drain in step reads no SQL,
 * and beside them the index of which shard still has something in the log.
 */
export class CollectorRows {
  readonly #store: CollectorStore;
  /** The youngest rows, without a hole up to the last one. */
  #tail: RoutedRow[] = [];
  #tailBytes = 0;
  /** By shard, the last row that has an event for it. */
  readonly #lastRow = new Map<number, number>();
  #nextId: number;

  constructor(store: CollectorStore) {
    this.#store = store;
    this.#nextId = store.drainState().floor;
    for (const { id, shards } of store.index()) this.#enter(id, shards);
  }

  /** Row ids ascend for the whole life of the storage. */
  get lastId(): number {
    return this.#nextId - 1;
  }

  lastRowOf(shard: number): number {
    return this.#lastRow.get(shard) ?? 0;
  }

  /** Shards that have an event in the log. */
  shards(): Iterable<number> {
    return this.#lastRow.keys();
  }

  /** Writes one row; the caller commits. */
  insert(frames: Uint8Array): void {
    const row = route({ id: this.#nextId, frames });
    const shards = [...row.byShard.keys()];
    this.#store.insert(row, shards);
    this.#enter(row.id, shards);
    this.#tail.push(row);
    this.#tailBytes += frames.length;
    if (this.#tailBytes > COLLECTOR_TAIL_MAX_BYTES) this.#dropTail(this.#tail.length / 2);
  }

  /** The shard's frames in the rows above `row`, ascending; a row that has none for it comes empty. */
  *above(row: number, shard: number, maxRows: number): Generator<LoggedRow> {
    const oldest = this.#tail[0]?.id ?? Number.POSITIVE_INFINITY;
    const rows =
      oldest <= row + 1
        ? this.#tail.slice(row + 1 - oldest, row + 1 - oldest + maxRows)
        : mapRows(this.#store.rowsAbove(row, maxRows), route);
    for (const { id, byShard } of rows) yield { id, frames: byShard.get(shard) ?? NOTHING };
  }

  /** Forgets what lies below the floor; the store deletes it. */
  trim(floor: number): void {
    this.#dropTail(this.#tail.filter(({ id }) => id < floor).length);
    for (const [shard, last] of this.#lastRow) if (last < floor) this.#lastRow.delete(shard);
  }

  #enter(id: number, shards: readonly number[]): void {
    this.#nextId = id + 1;
    for (const shard of shards) this.#lastRow.set(shard, id);
  }

  #dropTail(count: number): void {
    for (const { frames } of this.#tail.splice(0, count)) this.#tailBytes -= frames.length;
  }
}

const NOTHING = new Uint8Array(0);

/** Routing reads four bytes a frame and copies the rest. */
const route = (row: LoggedRow): RoutedRow => {
  const pieces = new Map<number, Uint8Array[]>();
  for (const frame of framesOf(row.frames)) {
    const shard = shardOfFrame(frame);
    const piece = pieces.get(shard);
    if (piece === undefined) pieces.set(shard, [frame]);
    else piece.push(frame);
  }
  return { ...row, byShard: new Map([...pieces].map(([shard, list]) => [shard, concat(list)])) };
};

function* mapRows<A, B>(rows: Iterable<A>, change: (row: A) => B): Generator<B> {
  for (const row of rows) yield change(row);
}
