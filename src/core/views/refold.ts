import type { Hash64 } from "../hash.ts";
import { DEDUPE_WINDOW_MS, MINUTE_MS } from "../limits.ts";
import { type Judged, judge, keysOf } from "./fold.ts";
import type { Verdict } from "./verdict.ts";
import { CountedWindow } from "./window.ts";

/** A counted view as the window knows it: one for each key of its visitor. */
export interface CarriedKey {
  readonly key: Hash64;
  /** Ms. */
  readonly at: number;
}

/** An event as correction judges it. */
export interface Refolded extends Judged {
  /** An exclusion names it. */
  readonly excluded: boolean;
  /** Held as a suspect, and nobody has let it count. @see LineRuling */
  readonly held: boolean;
}

/**
 * The rule of counting over events in the order of their time (and of their ids within one millisecond), every event
 * once: what the fold would have said if nothing had ever been late. Whoever stops at a full minute goes on from what
 * `carry` gives; so the fold of an hour takes the last minute of the hour before, which took that of its own hour
 * before: a look back over one minute of *events* would not do, since what they counted depends on what came earlier.
 */
export class StrictFold {
  /** Exact, however many there are: it holds two minutes. */
  readonly #window = new CountedWindow(Number.POSITIVE_INFINITY);
  #minute = Number.NEGATIVE_INFINITY;
  #recent: CarriedKey[] = [];

  /** @param carry counted views of the minute before the first event */
  constructor(carry: Iterable<CarriedKey>) {
    for (const { key, at } of carry) {
      if (!this.#window.conflicts(key, at)) this.#window.add(key, at);
    }
  }

  judge(event: Refolded): Verdict {
    if (event.excluded) return "excluded";
    if (event.held) return "suspect";
    const minute = Math.floor(event.at / MINUTE_MS);
    if (minute !== this.#minute) this.#turn(minute, event.at);
    const verdict = judge(this.#window, Number.NEGATIVE_INFINITY, event);
    if (verdict === "counted") this.#keep(event);
    return verdict;
  }

  /** @param until start of a minute, ms; no event from there on was judged */
  carry(until: number): readonly CarriedKey[] {
    return this.#minute === until / MINUTE_MS - 1 ? this.#recent : [];
  }

  #turn(minute: number, at: number): void {
    this.#minute = minute;
    this.#recent = [];
    this.#window.dropBelow(at - DEDUPE_WINDOW_MS);
  }

  #keep(event: Judged): void {
    for (const key of keysOf(event)) this.#recent.push({ key, at: event.at });
  }
}
