import { ARCHIVE_REARM_MS, CHECKPOINT_MAX_MS, CHECKPOINT_MIN_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import { SoonestAlarm } from "../soonest-alarm.ts";
import type { TallyArchive } from "./archive.ts";

export interface TallyAlarmDeps {
  readonly store: Pick<TallyStore, "alarm" | "publish">;
  readonly archive: Pick<TallyArchive, "dueAt">;
  readonly telling: {
    /** Sooner or later there is something to tell. */
    readonly isMeant: boolean;
    /** Unix ms; `null` is never. */
    dueAt(): number | null;
  };
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * A Tally's one alarm: for the checkpoint while something is unsaved, else for the archive while that is due; and for
 * telling others, which moves neither of the two.
 */
export class TallyAlarm {
  readonly #deps: TallyAlarmDeps;
  readonly #alarm: SoonestAlarm;
  /** Ms; undefined while nothing is unsaved. */
  #checkpointAt: number | undefined;

  constructor(deps: TallyAlarmDeps) {
    this.#deps = deps;
    this.#alarm = new SoonestAlarm(deps.store.alarm);
  }

  /** Something is unsaved, and perhaps untold; written in the same transaction. */
  arm(): void {
    if (this.#checkpointAt !== undefined) {
      this.rearm();
      return;
    }
    const { store, telling, clock, random } = this.#deps;
    const spread = (CHECKPOINT_MAX_MS - CHECKPOINT_MIN_MS) * random.fraction();
    this.#checkpointAt = Math.round(clock.now() + CHECKPOINT_MIN_MS + spread);
    if (telling.isMeant) store.publish.saveCheckpointAt(this.#checkpointAt);
    this.#setExactly(0);
  }

  /**
   * An earlier life left something unsaved. The alarm that stands may be for telling, and an object that is put away
   * whenever it rests wakes for little else: the checkpoint keeps the time it had.
   */
  inherit(): void {
    const { store, telling, clock } = this.#deps;
    if (!telling.isMeant) {
      this.arm();
      return;
    }
    const now = clock.now();
    const at = store.publish.checkpointAt() ?? now;
    this.#checkpointAt = Math.min(Math.max(now, at), now + CHECKPOINT_MAX_MS);
    this.#setExactly(0);
  }

  /** Telling begins: what stands was set by others. */
  begin(): void {
    const at = this.#next(0);
    if (at !== null) this.#alarm.exactly(at);
  }

  /** Something is to be told, or is not any more. What stands may stand: a ring too early finds nothing to do. */
  rearm(): void {
    this.#alarm.atLatest(this.#next(0));
  }

  /** Whether this ring is for checkpoint and archive too: always where there is nothing else. */
  isForSaving(now: number): boolean {
    const { telling, archive } = this.#deps;
    if (!telling.isMeant) return true;
    const at = this.#checkpointAt ?? archive.dueAt();
    return at !== undefined && now >= at;
  }

  /** The ring was for telling alone. */
  passed(): void {
    this.#setExactly(0);
  }

  /** All is saved, in the same transaction. An archiving may be on its way, and die there. */
  saved(): void {
    this.#checkpointAt = undefined;
    this.#setExactly(ARCHIVE_REARM_MS);
  }

  /** The handler is done; what became unsaved meanwhile has its alarm. */
  handled(): void {
    if (this.#checkpointAt === undefined) this.#setExactly(0);
  }

  #setExactly(archiveRestMs: number): void {
    this.#alarm.exactly(this.#next(archiveRestMs));
  }

  /** @param archiveRestMs the archive has its turn now, and the next one not before this */
  #next(archiveRestMs: number): number | null {
    const tellAt = this.#deps.telling.dueAt();
    const saveAt = this.#checkpointAt ?? this.#archiveAt(archiveRestMs);
    if (tellAt === null || saveAt === null) return tellAt ?? saveAt;
    return Math.min(tellAt, saveAt);
  }

  #archiveAt(restMs: number): number | null {
    const { archive, clock } = this.#deps;
    const at = archive.dueAt();
    return at === undefined ? null : Math.round(Math.max(at, clock.now() + restMs));
  }
}
