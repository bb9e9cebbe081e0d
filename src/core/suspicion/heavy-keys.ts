import type { Hash64 } from "../hash.ts";

const FIRST_CAPACITY = 64;
const MAX_LOAD = 0.75;

/**
 * How often each of the frequent keys came, in bounded memory: Misra and Gries, "Finding repeated elements" (1982).
 * A new key that finds the table full takes one off every key there, and is not kept. So a count is never too high, and
 * too low by at most `added / (most + 1)`; it is exact while no more than `most` keys came. What has to be proved
 * by a count is proved by one that is too low: where a sketch that errs upwards (count-min, space-saving) would accuse
 * somebody of what others did, this one misses somebody among millions. 12 bytes a slot, amortised one step an `add`:
 * a pass over the table takes off as much as came one by one.
 */
export class HeavyKeys {
  readonly #most: number;
  #hi = new Uint32Array(FIRST_CAPACITY);
  #lo = new Uint32Array(FIRST_CAPACITY);
  /** 0 marks a free slot. */
  #counts = new Uint32Array(FIRST_CAPACITY);
  #size = 0;

  /** @param most keys that are kept at a time */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of its tables, for the bound on memory. */
  get bytes(): number {
    return 3 * this.#counts.byteLength;
  }

  /** @returns how often the key came at least, this time with it; 0: it is not kept */
  add(key: Hash64): number {
    let slot = this.#slotOf(key);
    const count = this.#counts[slot] ?? 0;
    if (count === 0) {
      if (this.#size >= this.#most) {
        this.#takeOneOffAll();
        return 0;
      }
      if (this.#size + 1 > this.#counts.length * MAX_LOAD) {
        this.#rebuild(this.#counts.length * 2, 0);
        slot = this.#slotOf(key);
      }
      this.#hi[slot] = key.hi;
      this.#lo[slot] = key.lo;
      this.#size += 1;
    }
    this.#counts[slot] = count + 1;
    return count + 1;
  }

  /** @returns how often the key came, or fewer */
  count(key: Hash64): number {
    return this.#counts[this.#slotOf(key)] ?? 0;
  }

  /** Those that came so often, the most frequent first; of equals the one whose key is smaller. */
  atLeast(count: number): readonly { readonly key: Hash64; readonly count: number }[] {
    const found: { key: Hash64; count: number }[] = [];
    for (let slot = 0; slot < this.#counts.length; slot += 1) {
      const here = this.#counts[slot] ?? 0;
      if (here < count || here === 0) continue;
      found.push({ key: { hi: this.#hi[slot] ?? 0, lo: this.#lo[slot] ?? 0 }, count: here });
    }
    return found.sort((a, b) => b.count - a.count || a.key.hi - b.key.hi || a.key.lo - b.key.lo);
  }

  /** Forgets all; what it grew to it keeps. */
  clear(): void {
    if (this.#size > 0) this.#counts.fill(0);
    this.#size = 0;
  }

  #takeOneOffAll(): void {
    this.#rebuild(this.#counts.length, 1);
  }

  /** @param off what is taken off every count: who has nothing left goes */
  #rebuild(capacity: number, off: number): void {
    const [hi, lo, counts] = [this.#hi, this.#lo, this.#counts];
    this.#hi = new Uint32Array(capacity);
    this.#lo = new Uint32Array(capacity);
    this.#counts = new Uint32Array(capacity);
    this.#size = 0;
    for (let from = 0; from < counts.length; from += 1) {
      const left = (counts[from] ?? 0) - off;
      if (left <= 0) continue;
      const key = { hi: hi[from] ?? 0, lo: lo[from] ?? 0 };
      const slot = this.#slotOf(key);
      this.#hi[slot] = key.hi;
      this.#lo[slot] = key.lo;
      this.#counts[slot] = left;
      this.#size += 1;
    }
  }

  /** The slot of the key, or the free one where it would go; linear probing. */
  #slotOf({ hi, lo }: Hash64): number {
    const mask = this.#counts.length - 1;
    let slot = (lo ^ hi) & mask;
    while (this.#counts[slot] !== 0 && (this.#lo[slot] !== lo || this.#hi[slot] !== hi)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
