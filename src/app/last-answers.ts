import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { isResting } from "../ports/resting.ts";
import type { Timers } from "../ports/timers.ts";
import { BoundedMap } from "./bounded-map.ts";
import { SharedFlights } from "./shared-flights.ts";

export interface LastAnswersDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

interface Settings {
  /** After it nobody joins a reading under way, ms. */
  readonly timeoutMs: number;
  /** Remembered in all. */
  readonly entries: number;
  /** Logged when the store does not answer; that it is left alone after failures is logged elsewhere. */
  readonly event: string;
}

export type LastAnswer<Answer> =
  | {
      readonly status: "told";
      readonly answer: Answer;
      /** The store did not answer: as it was told before. */
      readonly stale: boolean;
    }
  /** There is nothing to tell of. */
  | { readonly status: "nothing" }
  /** The store does not answer, and never told this isolate. */
  | { readonly status: "unavailable" };

/**
 * Answers read from a store that may be away. Requests of one isolate that ask the same share one reading; the last
 * answers are remembered for when the store is away.
 */
export class LastAnswers<Answer> {
  readonly #deps: LastAnswersDeps & Settings;
  readonly #memo: BoundedMap<string, Answer>;
  readonly #flights: SharedFlights<string, LastAnswer<Answer>>;

  constructor(deps: LastAnswersDeps & Settings) {
    this.#deps = deps;
    this.#memo = new BoundedMap(deps.entries);
    this.#flights = new SharedFlights(deps);
  }

  /**
   * @param key of the question
   * @param ask `undefined`: there is nothing to tell of, which is not remembered; throws when the store is away
   */
  async get(key: string, ask: () => Promise<Answer | undefined>): Promise<LastAnswer<Answer>> {
    const asked = await this.#flights.get([key], () => this.#askFor(key, ask));
    const told = asked.get(key);
    if (told !== undefined) return told;
    const last = this.#memo.get(key);
    return last === undefined
      ? { status: "unavailable" }
      : { status: "told", answer: last, stale: true };
  }

  /** For who wants what the store has now or nothing: shares no reading, and neither is told nor leaves what is remembered. */
  async ask(ask: () => Promise<Answer | undefined>): Promise<LastAnswer<Answer>> {
    try {
      const answer = await ask();
      return answer === undefined
        ? { status: "nothing" }
        : { status: "told", answer, stale: false };
    } catch (cause) {
      const { log, event } = this.#deps;
      if (!isResting(cause)) log.error(event, { cause: `${cause}` });
      return { status: "unavailable" };
    }
  }

  async #askFor(key: string, ask: () => Promise<Answer | undefined>) {
    const read = await this.ask(ask);
    if (read.status === "told") this.#memo.set(key, read.answer);
    return new Map(read.status === "unavailable" ? [] : [[key, read]]);
  }
}
