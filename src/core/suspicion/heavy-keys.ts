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
  add({ hi, lo }: Hash64): number {
    let slot = this.#slotOf(hi, lo);
    const count = this.#counts[slot] ?? 0;
    if (count === 0) {
      if (this.#size >= this.#most) {
        this.#takeOneOffAll();
        return 0;
      }
      if (this.#size + 1 > this.#counts.length * MAX_LOAD) {
        this.#grow();
        slot = this.#slotOf(hi, lo);
      }
      this.#hi[slot] = hi;
      this.#lo[slot] = lo;
      this.#size += 1;
    }
    this.#counts[slot] = count + 1;
    return count + 1;
  }

  /** @returns how often the key came, or fewer */
  count({ hi, lo }: Hash64): number {
    return this.#counts[this.#slotOf(hi, lo)] ?? 0;
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

  /** Who has nothing left goes. In place: a small table among many keys is passed over every few dozen of them. */
  #takeOneOffAll(): void {
    const size = this.#size;
    const entries = this.#takeOut(size);
    this.#counts.fill(0);
    this.#putBack(entries, size, 1);
  }

  #grow(): void {
    const capacity = this.#counts.length * 2;
    const size = this.#size;
    const entries = this.#takeOut(size);
    this.#hi = new Uint32Array(capacity);
    this.#lo = new Uint32Array(capacity);
    this.#counts = new Uint32Array(capacity);
    this.#putBack(entries, size, 0);
  }

  /** @returns the entries, in a place that all tables share: it is used up before anybody else comes */
  #takeOut(size: number): Uint32Array {
    if (scratch.length < 3 * size) scratch = new Uint32Array(3 * size);
    let next = 0;
    for (let slot = 0; slot < this.#counts.length; slot += 1) {
      const count = this.#counts[slot] ?? 0;
      if (count === 0) continue;
      scratch[next] = this.#hi[slot] ?? 0;
      scratch[next + 1] = this.#lo[slot] ?? 0;
      scratch[next + 2] = count;
      next += 3;
    }
    return scratch;
  }

  /** @param off what is taken off every count */
  #putBack(entries: Uint32Array, size: number, off: number): void {
    this.#size = 0;
    for (let next = 0; next < 3 * size; next += 3) {
      const left = (entries[next + 2] ?? 0) - off;
      if (left <= 0) continue;
      const [hi, lo] = [entries[next] ?? 0, entries[next + 1] ?? 0];
      const slot = this.#slotOf(hi, lo);
      this.#hi[slot] = hi;
      this.#lo[slot] = lo;
      this.#counts[slot] = left;
      this.#size += 1;
    }
  }

  /** The slot of the key, or the free one where it would go; linear probing. */
  #slotOf(hi: number, lo: number): number {
    const mask = this.#counts.length - 1;
    let slot = (lo ^ hi) & mask;
    while (this.#counts[slot] !== 0 && (this.#lo[slot] !== lo || this.#hi[slot] !== hi)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

/** Three numbers an entry, of the largest table that was ever passed over. */
let scratch = new Uint32Array(0);
