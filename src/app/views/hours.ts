import type { Verdict } from "../../core/views/verdict.ts";
import type { HourState, HourStore } from "../../ports/hour-store.ts";

const UNKNOWN: HourState = {
  run: 0,
  through: 0,
  settled: 0,
  dirtiedAt: 0,
  changed: 0,
  incomplete: false,
};

/** How hours stand with correction, in memory as they are stored: the fold asks for each event. */
export class Hours {
  readonly #store: HourStore;
  readonly #known = new Map<number, HourState>();
  #closing: number;

  /** @param closing hours before this one are closed or being closed */
  constructor(store: HourStore, closing: number) {
    this.#store = store;
    this.#closing = closing;
  }

  of(hour: number): HourState {
    let state = this.#known.get(hour);
    if (state === undefined) {
      state = this.#store.hour(hour) ?? UNKNOWN;
      this.#known.set(hour, state);
    }
    return state;
  }

  save(hour: number, state: HourState): void {
    this.#store.saveHour(hour, state);
    this.#known.set(hour, state);
  }

  /**
   * An event of the hour is logged: a clean hour is dirty from here on.
   * @returns whether its cell has to say that it is not final, though its count may stay
   */
  happened(hour: number, verdict: Verdict, position: number): boolean {
    if (hour < this.#closing) return false;
    const state = this.of(hour);
    if (state.dirtiedAt <= state.through) this.save(hour, { ...state, dirtiedAt: position });
    return verdict !== "counted" && (verdict === "late" || state.run > 0);
  }

  /** From now on nothing of the hours before `through` is of interest. */
  close(through: number): void {
    this.#closing = through;
    this.#known.clear();
  }
}
