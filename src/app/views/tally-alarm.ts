import { ARCHIVE_REARM_MS, CHECKPOINT_MAX_MS, CHECKPOINT_MIN_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import type { TallyArchive } from "./archive.ts";

export interface TallyAlarmDeps {
  readonly store: Pick<TallyStore, "alarm">;
  readonly archive: Pick<TallyArchive, "dueAt">;
  readonly clock: Clock;
  readonly random: Random;
}

/** A Tally's one alarm: for the checkpoint while something is unsaved, else for the archive while that is due. */
export class TallyAlarm {
  readonly #deps: TallyAlarmDeps;
  #unsaved = false;

  constructor(deps: TallyAlarmDeps) {
    this.#deps = deps;
  }

  /** Something is unsaved; written in the same transaction. */
  arm(): void {
    if (this.#unsaved) return;
    const { store, clock, random } = this.#deps;
    const spread = (CHECKPOINT_MAX_MS - CHECKPOINT_MIN_MS) * random.fraction();
    store.alarm.set(Math.round(clock.now() + CHECKPOINT_MIN_MS + spread));
    this.#unsaved = true;
  }

  /** All is saved, in the same transaction. An archiving may be on its way, and die there. */
  saved(): void {
    this.#unsaved = false;
    this.#await(ARCHIVE_REARM_MS);
  }

  /** The handler is done; what became unsaved meanwhile has its alarm. */
  handled(): void {
    if (!this.#unsaved) this.#await(0);
  }

  #await(ms: number): void {
    const { store, archive, clock } = this.#deps;
    const at = archive.dueAt();
    if (at === undefined) store.alarm.clear();
    else store.alarm.set(Math.round(Math.max(at, clock.now() + ms)));
  }
}
