import type { CollectAnswer } from "../protocol/object-rpc.ts";

/** The Collectors near this POP, `k` from 0. */
export interface Collectors {
  /**
   * Appends frames durably. Safe to repeat: a copy of an event changes nothing.
   * @throws after `COLLECT_TIMEOUT_MS`, and when the object fails; the frames may be in all the same
   */
  append(colo: string, k: number, frames: Uint8Array): Promise<CollectAnswer>;
}
