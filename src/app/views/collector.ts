import {
  CHUNK_MAX_BYTES,
  CHUNK_MAX_ROWS,
  COLLECTOR_MAX_BYTES,
  DRAIN_DELAY_MS,
  DRAIN_PAUSE_MS,
  DRAIN_REARM_MS,
} from "../../core/limits.ts";
import { backoffMs } from "../../core/views/pacing.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CollectorStore } from "../../ports/collector-store.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { Tallies } from "../../ports/tallies.ts";
import type { Timers } from "../../ports/timers.ts";
import { type Chunk, type ChunkRow, encodeRows, sizeInChunk } from "../../protocol/chunk.ts";
import type { CollectAnswer } from "../../protocol/object-rpc.ts";
import { CollectorRows } from "./collector-rows.ts";
import { CommitQueue } from "./commit-queue.ts";

export interface CollectorDeps {
  /** Name of the object, `collector:<colo>:<k>`. */
  readonly name: string;
  readonly store: CollectorStore;
  readonly tallies: Pick<Tallies, "append">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Keeps work alive that no caller awaits. */
  background(work: Promise<void>): void;
}

/** How the hand-over to one shard stands. */
interface Lane {
  /** Last row its Tally is known to have taken. */
  cursor: number;
  notBefore: number;
  failures: number;
}

/**
 * The durable log of what was acknowledged and not yet handed on. `append` commits; the alarm drains, one shard
 * at a time, and cuts off what every shard has taken. The Tally's mark is the cursor: losing ours costs a repeat.
 */
export class Collector {
  readonly #deps: CollectorDeps;
  readonly #rows: CollectorRows;
  readonly #commits: CommitQueue;
  readonly #lanes = new Map<number, Lane>();
  #incarnation: string;
  #floor: number;
  #storedBytes: number;
  #armed = false;

  constructor(deps: CollectorDeps) {
    this.#deps = deps;
    this.#incarnation = deps.store.incarnation();
    const { floor, cursors } = deps.store.drainState();
    this.#floor = floor;
    for (const [shard, cursor] of cursors) this.#lanes.set(shard, newLane(cursor));
    this.#rows = new CollectorRows(deps.store);
    this.#storedBytes = deps.store.bytes();
    this.#commits = new CommitQueue((frames) => this.#commitRow(frames), deps.background);
  }

  /** @param frames whole frames, at most `GROUP_MAX_BYTES` */
  append(frames: Uint8Array): Promise<CollectAnswer> {
    if (this.#storedBytes > COLLECTOR_MAX_BYTES) return Promise.resolve({ status: "overloaded" });
    return this.#commits.append(frames);
  }

  async #commitRow(frames: Uint8Array): Promise<void> {
    const { store, clock } = this.#deps;
    store.atomically(() => {
      this.#rows.insert(frames);
      this.#arm(clock.now() + DRAIN_DELAY_MS);
    });
    await store.durable();
    this.#storedBytes = store.bytes();
  }

  /** An alarm already standing is sooner than one set now. */
  #arm(at: number): void {
    if (this.#armed) return;
    this.#deps.store.alarm.set(at);
    this.#armed = true;
  }

  /** Hands over one chunk to every shard that is due, saves how far that went and sets the next alarm. */
  async alarm(): Promise<void> {
    const { clock, timers, store } = this.#deps;
    this.#armed = true;
    store.alarm.set(clock.now() + DRAIN_REARM_MS);
    for (const shard of this.#due()) {
      await this.#handOver(shard);
      await timers.start(DRAIN_PAUSE_MS).elapsed;
    }
    store.atomically(() => this.#settle());
  }

  #due(): readonly number[] {
    const now = this.#deps.clock.now();
    return this.#pending().filter((shard) => this.#lane(shard).notBefore <= now);
  }

  #pending(): readonly number[] {
    return [...this.#rows.shards()].filter(
      (shard) => this.#rows.lastRowOf(shard) > this.#lane(shard).cursor,
    );
  }

  async #handOver(shard: number): Promise<void> {
    const { tallies, clock, random, log } = this.#deps;
    const lane = this.#lane(shard);
    const chunk = this.#cutChunk(shard, lane.cursor);
    try {
      const { mark, nextAfterMs } = await tallies.append(shard, chunk);
      lane.failures = 0;
      lane.notBefore = clock.now() + nextAfterMs;
      if (mark > this.#rows.lastId) this.#startOver();
      else lane.cursor = mark;
    } catch (cause) {
      lane.failures += 1;
      lane.notBefore = clock.now() + backoffMs(lane.failures, random.fraction());
      log.warn("collector.tally-unreachable", {
        shard,
        failures: lane.failures,
        cause: `${cause}`,
      });
    }
  }

  /** Fixed before it is sent: what is appended meanwhile is for the next one. */
  #cutChunk(shard: number, follows: number): Chunk {
    const rows: ChunkRow[] = [];
    let bytes = 0;
    let through = follows;
    for (const row of this.#rows.above(follows, shard, CHUNK_MAX_ROWS)) {
      if (row.frames.length > 0) {
        bytes += sizeInChunk(row);
        if (rows.length > 0 && bytes > CHUNK_MAX_BYTES) break;
        rows.push(row);
      }
      through = row.id;
    }
    const source = `${this.#deps.name}:${this.#incarnation}`;
    return { source, follows, floor: this.#floor, through, rows: encodeRows(rows) };
  }

  /** A Tally knows rows we never wrote: our storage was set back. As a new source nothing of ours is taken for old. */
  #startOver(): void {
    this.#deps.log.error("collector.storage-set-back", { name: this.#deps.name });
    this.#incarnation = this.#deps.store.renewIncarnation();
    for (const lane of this.#lanes.values()) lane.cursor = 0;
  }

  /** What every shard has taken goes. In one block: nothing left pending means no alarm. */
  #settle(): void {
    const { store, clock } = this.#deps;
    const pending = this.#pending().map((shard) => this.#lane(shard));
    const taken = Math.min(this.#rows.lastId, ...pending.map(({ cursor }) => cursor));
    // A shard that is new here has a cursor below rows that are long gone.
    this.#floor = Math.max(this.#floor, taken + 1);
    const cursors = [...this.#lanes].map(([shard, { cursor }]) => [shard, cursor] as const);
    store.saveDrain({ floor: this.#floor, cursors });
    this.#rows.trim(this.#floor);
    this.#storedBytes = store.bytes();
    this.#armed = pending.length > 0;
    const soonest = Math.min(...pending.map(({ notBefore }) => notBefore));
    if (this.#armed) store.alarm.set(Math.max(soonest, clock.now() + DRAIN_PAUSE_MS));
    else store.alarm.clear();
  }

  #lane(shard: number): Lane {
    let lane = this.#lanes.get(shard);
    if (lane === undefined) {
      lane = newLane(0);
      this.#lanes.set(shard, lane);
    }
    return lane;
  }
}

const newLane = (cursor: number): Lane => ({ cursor, notBefore: 0, failures: 0 });
