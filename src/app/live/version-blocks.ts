import { readStamp, type Stamp, stamp } from "../../core/stamp.ts";
import type { RoomStore } from "../../ports/room-store.ts";

/** Versions promised to the disk at a time: a write for a thousand stamps. */
const BLOCK = 1_000;

/** Above them there is no room for what is to come. */
const VERSION_MAX = Number.MAX_SAFE_INTEGER / 2;
const GENERATION_MAX = Date.UTC(3000, 0);

type Store = Pick<RoomStore, "generation" | "saveGeneration" | "versions" | "saveVersions">;

/** Stamps of a room's numbers, each above all before it, those of earlier instances included. */
export class VersionBlocks {
  readonly #store: Store;
  #version: number;
  #bound: number;

  constructor(store: Store) {
    this.#store = store;
    this.#bound = store.versions();
    this.#version = this.#bound;
  }

  /** The bound is written before the first stamp above it can leave: the output gate holds that back. */
  next(): Stamp {
    this.#version += 1;
    if (this.#version > this.#bound) {
      this.#bound = this.#version + BLOCK - 1;
      this.#store.saveVersions(this.#bound);
    }
    return stamp(this.#store.generation(), this.#version);
  }

  /**
   * Somebody wrote our numbers under a stamp that we did not make: the next one will be above it, or nobody would take
   * our numbers any more.
   * @returns false when no stamp of ours can be
   */
  riseAbove(foreign: Stamp): boolean {
    const { generation, version } = readStamp(foreign);
    // Neither is one that was not a number.
    if (!(generation >= 0 && generation < GENERATION_MAX && version >= 0)) return false;
    const isFull = version > VERSION_MAX;
    const above = isFull ? generation + 1 : generation;
    this.#store.saveGeneration(Math.max(this.#store.generation(), above));
    this.#version = Math.max(this.#version, isFull ? 0 : version);
    this.#bound = this.#version;
    this.#store.saveVersions(this.#bound);
    return true;
  }
}
