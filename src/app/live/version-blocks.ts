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
  #generation: number;
  #version: number;
  #bound: number;

  constructor(store: Store) {
    this.#store = store;
    this.#generation = store.generation();
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
    return stamp(this.#generation, this.#version);
  }

  /**
   * The next stamp is above this one too, which the room's storage knows nothing of: it was lost or brought back, or
   * somebody else wrote. Nobody would take the room's numbers otherwise.
   * @returns false when no stamp of ours can be
   */
  riseAbove(other: Stamp): boolean {
    const { generation, version } = readStamp(other);
    // Neither is one that was not a number.
    if (!(generation >= 0 && generation < GENERATION_MAX && version >= 0)) return false;
    const isFull = version > VERSION_MAX;
    this.#generation = Math.max(this.#generation, isFull ? generation + 1 : generation);
    this.#version = Math.max(this.#version, isFull ? 0 : version);
    this.#bound = this.#version;
    this.#store.saveGeneration(this.#generation);
    this.#store.saveVersions(this.#bound);
    return true;
  }
}
