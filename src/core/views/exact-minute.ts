import type { Hash64 } from "../hash.ts";
import type { MinuteBucket } from "./minute-bucket.ts";

const FIRST_CAPACITY = 64;
const MAX_LOAD = 0.75;

/**
 * One minute's counted views as an open-addressing table in typed arrays: 10 bytes a slot, where a Map of strings
 * takes over 120 an entry. A key has at most one entry, since two counted views of it are 60 s apart.
 * Keys are 64-bit hashes: with n entries a stranger is taken for a known one with probability n / 2^64.
 */
export class ExactMinute implements MinuteBucket {
  #hi = new Uint32Array(FIRST_CAPACITY);
  #lo = new Uint32Array(FIRST_CAPACITY);
  /** Offset within the minute plus one, so that 0 marks a free slot. */
  #offset = new Uint16Array(FIRST_CAPACITY);
  size = 0;

  hasBetween(key: Hash64, fromMs: number, toMs: number): boolean {
    const offset = (this.#offset[this.#slotOf(key)] ?? 0) - 1;
    return offset >= fromMs && offset <= toMs;
  }

  add(key: Hash64, offsetMs: number): void {
    if (this.size + 1 > this.#offset.length * MAX_LOAD) this.#grow();
    this.#put(key, offsetMs + 1);
    this.size += 1;
  }

  #put(key: Hash64, stored: number): void {
    const slot = this.#slotOf(key);
    this.#hi[slot] = key.hi;
    this.#lo[slot] = key.lo;
    this.#offset[slot] = stored;
  }

  /** The slot of the key, or the free one where it would go; linear probing. */
  #slotOf({ hi, lo }: Hash64): number {
    const mask = this.#offset.length - 1;
    let slot = lo & mask;
    while (this.#offset[slot] !== 0 && (this.#lo[slot] !== lo || this.#hi[slot] !== hi)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [hi, lo, offset] = [this.#hi, this.#lo, this.#offset];
    const capacity = offset.length * 2;
    this.#hi = new Uint32Array(capacity);
    this.#lo = new Uint32Array(capacity);
    this.#offset = new Uint16Array(capacity);
    for (const [slot, stored] of offset.entries()) {
      if (stored !== 0) this.#put({ hi: hi[slot] ?? 0, lo: lo[slot] ?? 0 }, stored);
    }
  }
}
