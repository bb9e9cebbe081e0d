import { type Hash64, mix32 } from "../hash.ts";
import { MINUTE_MS, WINDOW_APPROXIMATE_BITS } from "../limits.ts";
import type { MinuteBucket } from "./minute-bucket.ts";

const HASHES = 7;

/** Unit of time in which an approximate minute remembers. */
const SLOT_MS = 10_000;

/**
 * One minute's counted views as a Bloom filter (Bloom 1970) over (key, slot of 10 s), for a minute with more
 * than memory holds exactly: constant size whatever happens. It errs towards `duplicate` only, which correction
 * mends: a view up to 10 s past the window may be dropped, and a stranger with the probability
 * `(1 - e^(-7 n / bits))^7` a slot (n entries; Kirsch and Mitzenmacher 2006 for the seven hashes from two).
 */
export class ApproximateMinute implements MinuteBucket {
  readonly #bits = new Uint32Array(WINDOW_APPROXIMATE_BITS / 32);
  size = 0;

  hasBetween(key: Hash64, fromMs: number, toMs: number): boolean {
    const last = Math.floor(Math.min(toMs, MINUTE_MS - 1) / SLOT_MS);
    for (let slot = Math.floor(fromMs / SLOT_MS); slot <= last; slot += 1) {
      if (this.#every(key, slot, (word, bit) => ((this.#bits[word] ?? 0) & bit) !== 0)) return true;
    }
    return false;
  }

  add(key: Hash64, offsetMs: number): void {
    this.#every(key, Math.floor(offsetMs / SLOT_MS), (word, bit) => {
      this.#bits[word] = (this.#bits[word] ?? 0) | bit;
      return true;
    });
    this.size += 1;
  }

  #every(key: Hash64, slot: number, visit: (word: number, bit: number) => boolean): boolean {
    const step = mix32(key.hi + slot) | 1;
    let position = mix32(key.lo ^ Math.imul(slot + 1, step));
    for (let i = 0; i < HASHES; i += 1) {
      const index = (position >>> 0) & (WINDOW_APPROXIMATE_BITS - 1);
      if (!visit(index >>> 5, 1 << (index & 31))) return false;
      position += step;
    }
    return true;
  }
}
