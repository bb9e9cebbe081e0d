import { readStamp, type Stamp, stamp } from "../../core/stamp.ts";
import type { RoomStore } from "../../ports/room-store.ts";

/** Versions promised to the disk at a time: a write for a thousand stamps. */
const BLOCK = 1_000;

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

  /** The next stamp is above this one too, which the room's storage knows nothing of: it was lost, or brought back. */
  riseAbove(other: Stamp): void {
    if (other <= stamp(this.#generation, this.#version)) return;
    const { generation, version } = readStamp(other);
    this.#generation = generation;
    this.#version = version;
    this.#bound = version;
    this.#store.saveGeneration(generation);
    this.#store.saveVersions(version);
  }
}
