import { tierOf } from "../../core/live/drift.ts";
import type { Log } from "../../ports/log.ts";
import type { Told } from "../../ports/room-store.ts";
import type { LiveEntry, PublishAnswer } from "../../protocol/room-rpc.ts";
import type { Finding } from "./reconcile-record.ts";
import type { VersionBlocks } from "./version-blocks.ts";

export interface ListWatchDeps {
  readonly versions: Pick<VersionBlocks, "riseAbove">;
  readonly log: Log;
  finished(finding: Finding): void;
}

type Had = NonNullable<PublishAnswer["had"]>;

/**
 * Whether the list of live streams has what it was told. The room's own number is in no doubt, so nothing is held: the
 * publish that finds out has put it right, or the next one does.
 */
export class ListWatch {
  readonly #deps: ListWatchDeps;
  /** Found and not put right yet. */
  #found: (Pick<Finding, "since" | "before"> & { readonly counted: number }) | undefined;

  constructor(deps: ListWatchDeps) {
    this.#deps = deps;
  }

  /**
   * Not to be asked of an answer that came after another publish.
   * @param had what the list had until then; nothing: it was lost, and is told anew
   * @param acknowledged what it was known to have
   * @param now ms
   * @returns whether to tell it again, at once: it has something else under a stamp that was above ours
   */
  heard(
    entry: LiveEntry,
    had: Had | undefined,
    acknowledged: Told | undefined,
    now: number,
  ): boolean {
    if (had !== undefined && had.stamp > entry.stamp) return this.#rise(entry, had);
    this.#found ??= contradiction(entry, had, acknowledged);
    this.#report(entry.viewers, now);
    return false;
  }

  #rise(entry: LiveEntry, had: Had): boolean {
    const { versions, log } = this.#deps;
    const isFirst = this.#found === undefined;
    this.#found ??= { since: entry.asOf, before: had.viewers, counted: entry.viewers };
    if (!versions.riseAbove(had.stamp)) {
      log.error("room.foreign-stamp", { stream: entry.stream, stamp: had.stamp });
      return false;
    }
    log.warn("room.stamps-raised", { stream: entry.stream, stamp: had.stamp });
    // Once: whoever writes above us each time is not to be raced.
    return isFirst;
  }

  #report(after: number, endedAt: number): void {
    const found = this.#found;
    if (found === undefined) return;
    this.#found = undefined;
    const { since, before, counted } = found;
    const tier = tierOf(before, counted);
    if (tier === "none") return;
    const corrected = Math.abs(before - counted);
    const common = { since, endedAt, before, after, corrected, overdue: false };
    this.#deps.finished({ source: "list", tier, ...common });
  }
}

/** The list says another number than the one it took, of the same moment. */
const contradiction = (entry: LiveEntry, had: Had | undefined, acknowledged: Told | undefined) =>
  had !== undefined && had.asOf === acknowledged?.at && had.viewers !== acknowledged.viewers
    ? { since: entry.asOf, before: had.viewers, counted: acknowledged.viewers }
    : undefined;
