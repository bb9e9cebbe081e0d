import { readStamp, type Stamp } from "../../core/stamp.ts";
import type { Log } from "../../ports/log.ts";
import type { Audience } from "../../ports/room-store.ts";
import type { LiveNumbers } from "../../protocol/room-rpc.ts";
import type { VersionBlocks } from "./version-blocks.ts";

export interface StampWatchDeps {
  readonly audience: Audience;
  readonly versions: Pick<VersionBlocks, "riseAbove">;
  readonly log: Log;
}

/**
 * `taken`: nothing was above what it was told. `refused`: something was, and the next is above that: it is to be told
 * again. `foreign`: something was once more, or nothing can be above it.
 */
type Verdict = "taken" | "refused" | "foreign";

/**
 * Whether what keeps the larger stamp could take the room's. Only somebody who writes beside the room, or a disk that
 * was brought back, can be above it. Who writes above it each time is not to be raced: it is told again once.
 */
export class StampWatch {
  readonly #deps: StampWatchDeps;
  /** The last answer had a stamp above ours, too. */
  #isAbove = false;

  constructor(deps: StampWatchDeps) {
    this.#deps = deps;
  }

  /**
   * Not to be asked of an answer that came after another publish.
   * @param had what it had until then
   */
  heard({ stream, stamp }: Pick<LiveNumbers, "stream" | "stamp">, had: Stamp | undefined): Verdict {
    const isFirst = !this.#isAbove;
    this.#isAbove = had !== undefined && had > stamp;
    if (had === undefined || !this.#isAbove) return "taken";
    const { audience, versions, log } = this.#deps;
    const raised = versions.riseAbove(had);
    // Numbers only: whoever wrote it may have written anything.
    const fields = { stream, audience, ...readStamp(had) };
    if (isFirst && raised) log.warn("room.stamps-raised", fields);
    if (isFirst && !raised) log.error("room.foreign-stamp", fields);
    return isFirst && raised ? "refused" : "foreign";
  }
}
