import { type Stamp, stamp } from "../../core/stamp.ts";
import type { RoomStore } from "../../ports/room-store.ts";

/** Versions promised to the disk at a time: a write for a thousand stamps. */
const BLOCK = 1_000;

/** Stamps of a room's numbers, each above all before it, those of earlier instances included. */
export class VersionBlocks {
  readonly #store: Pick<RoomStore, "generation" | "versions" | "saveVersions">;
  #version: number;
  #bound: number;

  constructor(store: Pick<RoomStore, "generation" | "versions" | "saveVersions">) {
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
}
