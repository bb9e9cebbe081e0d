import { tierOf } from "../../core/live/drift.ts";
import type { Told } from "../../ports/room-store.ts";
import type { LiveEntry, PublishAnswer } from "../../protocol/room-rpc.ts";
import type { Finding } from "./reconcile-record.ts";
import { StampWatch, type StampWatchDeps } from "./stamp-watch.ts";

export interface ListWatchDeps extends StampWatchDeps {
  finished(finding: Finding): void;
}

type Had = NonNullable<PublishAnswer["had"]>;

/**
 * Whether the list of live streams has what it was told. The room's own number is in no doubt, so nothing is held: the
 * publish that finds out has put it right, or the next one does.
 */
export class ListWatch {
  readonly #deps: ListWatchDeps;
  readonly #stamps: StampWatch;
  /** Found and not put right yet. */
  #found: (Pick<Finding, "since" | "before"> & { readonly counted: number }) | undefined;

  constructor(deps: ListWatchDeps) {
    this.#deps = deps;
    this.#stamps = new StampWatch(deps);
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
    const verdict = this.#stamps.heard(entry, had?.stamp);
    if (had !== undefined && verdict !== "taken") {
      this.#found ??= { since: entry.asOf, before: had.viewers, counted: entry.viewers };
      return verdict === "refused";
    }
    this.#found ??= contradiction(entry, had, acknowledged);
    this.#report(entry.viewers, now);
    return false;
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
