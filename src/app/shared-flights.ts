import type { Clock } from "../ports/clock.ts";
import { demandWithin, type Timers } from "../ports/timers.ts";

/** A fetch under way for one key, and the requests that wait for it, each with a promise of its own. */
interface Flight<Value> {
  readonly bornAt: number;
  readonly waiting: PromiseWithResolvers<Value>[];
}

interface Deps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** A fetch older than this is nobody's to join: the request that made it may be gone. */
  readonly timeoutMs: number;
}

/** Requests of one isolate that want the same key share one fetch of it (single flight). */
export class SharedFlights<Key, Value> {
  readonly #deps: Deps;
  readonly #flights = new Map<Key, Flight<Value>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * @param fetch asks for the keys that are not under way, all at once
   * @throws what a fetch threw, or when one joined does not end in time
   */
  async get(
    keys: readonly Key[],
    fetch: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  ): Promise<ReadonlyMap<Key, Value>> {
    const { clock, timers, timeoutMs } = this.#deps;
    const now = clock.now();
    const joined: Promise<readonly [Key, Value]>[] = [];
    const missing: Key[] = [];
    for (const key of keys) {
      const flight = this.#flights.get(key);
      if (flight === undefined || now - flight.bornAt > timeoutMs) {
        missing.push(key);
        continue;
      }
      const seat = Promise.withResolvers<Value>();
      flight.waiting.push(seat);
      const value = demandWithin(seat.promise, timeoutMs, "a shared read", timers);
      joined.push(value.then((it) => [key, it] as const));
    }
    const [fetched, ...others] = await Promise.all([this.#lead(missing, now, fetch), ...joined]);
    return new Map([...fetched, ...others]);
  }

  async #lead(
    keys: readonly Key[],
    bornAt: number,
    fetch: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
  ): Promise<ReadonlyMap<Key, Value>> {
    if (keys.length === 0) return new Map();
    const flights = new Map(keys.map((key) => [key, { bornAt, waiting: [] } as Flight<Value>]));
    for (const [key, flight] of flights) this.#flights.set(key, flight);
    try {
      const values = await fetch(keys);
      this.#land(flights, (key, { resolve }) => {
        const value = values.get(key);
        if (value !== undefined) resolve(value);
      });
      return values;
    } catch (cause) {
      this.#land(flights, (_, { reject }) => reject(cause));
      throw cause;
    }
  }

  #land(
    flights: ReadonlyMap<Key, Flight<Value>>,
    settle: (key: Key, seat: PromiseWithResolvers<Value>) => void,
  ): void {
    for (const [key, flight] of flights) {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      for (const seat of flight.waiting) settle(key, seat);
    }
  }
}
