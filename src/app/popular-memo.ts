import { MEMO_MAX_ENTRIES, MINUTE_MS } from "../core/limits.ts";
import { maxAgeSeconds } from "../core/views/popularity.ts";
import { BoundedMap } from "./bounded-map.ts";

interface Entry<Value> {
  readonly known: Value;
  readonly since: number;
  readonly freshUntil: number;
}

interface Reads {
  count: number;
  readonly since: number;
}

/** A rate is not extrapolated from less than this. */
const MIN_SAMPLE_MS = 10_000;

/** What an isolate remembers of numbers, the longer fresh the more often they are read; bounded, the oldest goes first. */
export class PopularMemo<Key, Value> {
  readonly #entries = new BoundedMap<Key, Entry<Value>>(MEMO_MAX_ENTRIES);
  readonly #reads = new BoundedMap<Key, Reads>(MEMO_MAX_ENTRIES);

  /** Notes a read. @returns for how long an answer with this number may be cached, s */
  noteRead(key: Key, now: number): number {
    let reads = this.#reads.get(key);
    if (reads === undefined || now - reads.since > MINUTE_MS) {
      reads = { count: 0, since: now };
      this.#reads.set(key, reads);
    }
    reads.count += 1;
    return this.#maxAge(key, now);
  }

  fresh(key: Key, now: number): Value | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && now < entry.freshUntil ? entry.known : undefined;
  }

  /** Fresh or not. @param since what was remembered before then is nothing; ms, however long ago when absent */
  last(key: Key, since = Number.NEGATIVE_INFINITY): Value | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.since >= since ? entry.known : undefined;
  }

  remember(key: Key, known: Value, now: number): void {
    const freshUntil = now + this.#maxAge(key, now) * 1_000;
    this.#entries.set(key, { known, since: now, freshUntil });
  }

  #maxAge(key: Key, now: number): number {
    const { count, since } = this.#reads.get(key) ?? { count: 0, since: now };
    return maxAgeSeconds((count * MINUTE_MS) / Math.max(MIN_SAMPLE_MS, now - since));
  }
}
