import type { Clock } from "../ports/clock.ts";
import { ELAPSED, type Timers, within } from "../ports/timers.ts";

/** A fetch under way for one key, and the requests that wait for it, each with a promise of its own. */
interface Flight<Value> {
  readonly bornAt: number;
  readonly waiting: PromiseWithResolvers<Value | undefined>[];
}

interface Deps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** A fetch older than this is nobody's to join: the request that made it may be gone. */
  readonly timeoutMs: number;
}

/** Asks for keys, all at once; a key that could not be had is absent from the answer. */
type Fetch<Key, Value> = (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>;

/** Requests of one isolate that want the same key share one fetch of it (single flight). */
export class SharedFlights<Key, Value> {
  readonly #deps: Deps;
  readonly #flights = new Map<Key, Flight<Value>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @returns what could be had; a key whose fetch failed, here or in the request joined, is absent */
  async get(keys: readonly Key[], fetch: Fetch<Key, Value>): Promise<ReadonlyMap<Key, Value>> {
    const { clock, timeoutMs } = this.#deps;
    const now = clock.now();
    const joined: Promise<void>[] = [];
    const missing: Key[] = [];
    const found = new Map<Key, Value>();
    for (const key of keys) {
      const flight = this.#flights.get(key);
      if (flight === undefined || now - flight.bornAt > timeoutMs) missing.push(key);
      else joined.push(this.#join(key, flight, found));
    }
    const [fetched] = await Promise.all([this.#lead(missing, now, fetch), ...joined]);
    for (const [key, value] of fetched) found.set(key, value);
    return found;
  }

  async #join(key: Key, flight: Flight<Value>, found: Map<Key, Value>): Promise<void> {
    const seat = Promise.withResolvers<Value | undefined>();
    flight.waiting.push(seat);
    const value = await within(seat.promise, this.#deps.timeoutMs, this.#deps.timers);
    if (value !== ELAPSED && value !== undefined) found.set(key, value);
  }

  async #lead(
    keys: readonly Key[],
    bornAt: number,
    fetch: Fetch<Key, Value>,
  ): Promise<ReadonlyMap<Key, Value>> {
    if (keys.length === 0) return new Map();
    const flights = new Map(keys.map((key) => [key, { bornAt, waiting: [] } as Flight<Value>]));
    for (const [key, flight] of flights) this.#flights.set(key, flight);
    const values = await fetch(keys).catch(() => new Map<Key, Value>());
    for (const [key, flight] of flights) {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      for (const { resolve } of flight.waiting) resolve(values.get(key));
    }
    return values;
  }
}
