import { nextRoomAlarm } from "../../core/live/room-alarm.ts";
import type { SoonestAlarm } from "../soonest-alarm.ts";

/** Something a room has to do later. */
export interface Chore {
  /** @returns ms; `null` is never */
  readonly dueAt: () => number | null;
  /**
   * Must not await: nothing may become pending between the work and the alarm for the rest. Absent where the look with
   * which every alarm begins does it.
   */
  readonly work?: (now: number) => void;
}

/** All that a room has to do later, over the object's one alarm. */
export class Chores {
  readonly #alarm: SoonestAlarm;
  readonly #chores: readonly Chore[];

  /** @param chores in the order in which they are done when several are due */
  constructor(alarm: SoonestAlarm, chores: readonly Chore[]) {
    this.#alarm = alarm;
    this.#chores = chores;
  }

  /** The alarm rings for whatever is due first, or before. @param now ms */
  arm(now: number): void {
    this.#alarm.atLatest(this.#next(now));
  }

  /** It rings no more for what was due first and is done: that would only wake the object. @param now ms */
  armExactly(now: number): void {
    this.#alarm.exactly(this.#next(now));
  }

  /** @param now ms */
  doWhatIsDue(now: number): void {
    for (const { dueAt, work } of this.#chores) {
      const at = dueAt();
      if (at !== null && at <= now) work?.(now);
    }
    this.armExactly(now);
  }

  #next(now: number): number | null {
    return nextRoomAlarm(
      this.#chores.map(({ dueAt }) => dueAt()),
      now,
    );
  }
}
