import { KEYS_MAX, KEYS_OUTAGE_MS, KEYS_REST_MS, READ_TIMEOUT_MS } from "../../core/limits.ts";
import type { AccessKey, AccessKeyTables } from "../../ports/access-key-tables.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { isResting } from "../../ports/resting.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import { SharedFlights } from "../shared-flights.ts";

export interface NamedKeysDeps {
  readonly keys: Pick<AccessKeyTables, "standing">;
  readonly clock: Clock;
  /** Each request that waits has a timer of its own. */
  readonly timers: Timers;
  readonly log: Log;
}

interface Known {
  readonly keys: readonly AccessKey[];
  /** When it was asked for, ms: what was revoked later may be among them. */
  readonly since: number;
}

/** The keys that stand, as the isolate remembers them, all at once: who tries keys asks the database for none of them. */
export class NamedKeys {
  readonly #deps: NamedKeysDeps;
  readonly #flights: SharedFlights<number, Known>;
  /** Raised by every change made here: what was asked before it is neither remembered nor shared. */
  #epoch = 0;
  #last: Known | undefined;
  /** The database is not asked again before, ms. */
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(deps: NamedKeysDeps) {
    this.#deps = deps;
    this.#flights = new SharedFlights({ ...deps, timeoutMs: READ_TIMEOUT_MS });
  }

  /**
   * @param maxAgeMs how old they may be
   * @returns the keys, or while the database is away those last known; `undefined`: they are too old, or there are none
   */
  async standing(maxAgeMs: number): Promise<readonly AccessKey[] | undefined> {
    const now = this.#deps.clock.now();
    if (this.#last !== undefined && now - this.#last.since < maxAgeMs) return this.#last.keys;
    const known = now < this.#restsUntil ? undefined : await this.#read();
    return (known ?? this.#lastWithin(KEYS_OUTAGE_MS))?.keys;
  }

  /** A key was changed here. */
  forget(): void {
    this.#epoch += 1;
    this.#last = undefined;
    this.#restsUntil = Number.NEGATIVE_INFINITY;
  }

  async #read(): Promise<Known | undefined> {
    const epoch = this.#epoch;
    const found = await this.#flights.get([epoch], async () => {
      const known = await this.#ask();
      if (epoch === this.#epoch) this.#last = known;
      return new Map([[epoch, known]]);
    });
    return found.get(epoch);
  }

  async #ask(): Promise<Known> {
    const { keys, clock, timers, log } = this.#deps;
    const since = clock.now();
    try {
      const asked = keys.standing(KEYS_MAX);
      return { keys: await demandWithin(asked, READ_TIMEOUT_MS, "the database", timers), since };
    } catch (cause) {
      this.#restsUntil = clock.now() + KEYS_REST_MS;
      if (!isResting(cause)) log.warn("keys.unread", { cause: `${cause}` });
      throw cause;
    }
  }

  #lastWithin(ageMs: number): Known | undefined {
    const last = this.#last;
    return last !== undefined && this.#deps.clock.now() - last.since < ageMs ? last : undefined;
  }
}
