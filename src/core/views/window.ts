import type { Hash64 } from "../hash.ts";
import { DEDUPE_WINDOW_MS, MINUTE_MS, WINDOW_EXACT_MAX_ENTRIES } from "../limits.ts";
import { ApproximateMinute } from "./approximate-minute.ts";
import { ExactMinute } from "./exact-minute.ts";
import type { MinuteBucket } from "./minute-bucket.ts";

/**
 * The counted views of the last minutes, asked one thing: is there one of this visitor and content less than
 * 60 s away? Kept by minute of event time, so that forgetting is dropping a bucket and a question looks into three.
 *
 * A copy of a counted event finds itself here, at a distance of 0: so no set of seen event ids is kept beside it.
 */
export class CountedWindow {
  readonly #minutes = new Map<number, MinuteBucket>();
  readonly #exactMaxEntries: number;

  /** @param exactMaxEntries above this many entries, minutes that begin are kept approximately */
  constructor(exactMaxEntries = WINDOW_EXACT_MAX_ENTRIES) {
    this.#exactMaxEntries = exactMaxEntries;
  }

  /** @returns whether a counted view of `key` is less than 60 s from `at`; exactly 60.000 s is not */
  conflicts(key: Hash64, at: number): boolean {
    const from = at - DEDUPE_WINDOW_MS + 1;
    const to = at + DEDUPE_WINDOW_MS - 1;
    for (let minute = minuteOf(from); minute <= minuteOf(to); minute += 1) {
      const start = minute * MINUTE_MS;
      const bucket = this.#minutes.get(minute);
      if (bucket?.hasBetween(key, Math.max(from - start, 0), Math.min(to - start, MINUTE_MS - 1))) {
        return true;
      }
    }
    return false;
  }

  /** Remembers a counted view; `conflicts(key, at)` was false just before. */
  add(key: Hash64, at: number): void {
    const minute = minuteOf(at);
    let bucket = this.#minutes.get(minute);
    if (bucket === undefined) {
      bucket = this.size < this.#exactMaxEntries ? new ExactMinute() : new ApproximateMinute();
      this.#minutes.set(minute, bucket);
    }
    bucket.add(key, at - minute * MINUTE_MS);
  }

  /** Forgets minutes that ended before `horizon`. */
  dropBelow(horizon: number): void {
    const first = minuteOf(horizon);
    for (const minute of this.#minutes.keys()) if (minute < first) this.#minutes.delete(minute);
  }

  get size(): number {
    let size = 0;
    for (const bucket of this.#minutes.values()) size += bucket.size;
    return size;
  }

  /** Minutes that are kept approximately: an operator adds shards when this stays above 0. */
  get approximateMinutes(): number {
    let count = 0;
    for (const bucket of this.#minutes.values())
      if (bucket instanceof ApproximateMinute) count += 1;
    return count;
  }
}

const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS);
