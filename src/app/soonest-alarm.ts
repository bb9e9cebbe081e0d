import type { Alarm } from "../ports/alarm.ts";

/** An object's alarm that is moved only when something is due before it: each move is a write. */
export class SoonestAlarm {
  readonly #alarm: Alarm;
  /** Ms. What another instance has set is not known and set anew. */
  #at = Number.POSITIVE_INFINITY;

  constructor(alarm: Alarm) {
    this.#alarm = alarm;
  }

  /** It rings at `at` or before; a ring too early finds nothing to do. @param at ms; `null` is never */
  atLatest(at: number | null): void {
    if (at !== null && at < this.#at) this.exactly(at);
  }

  /** @param at ms; `null`: nothing is left to do */
  exactly(at: number | null): void {
    this.#at = at ?? Number.POSITIVE_INFINITY;
    if (at === null) this.#alarm.clear();
    else this.#alarm.set(at);
  }
}
