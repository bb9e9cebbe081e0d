const FIRST_CAPACITY = 16;

/**
 * Counts distinct visitors, exactly: open addressing in typed arrays, 11 to 21 bytes a visitor. Used for one content
 * after the other; it begins small each time, so that only as much is cleared as was needed.
 */
export class VisitorSet {
  #hi = new Uint32Array(FIRST_CAPACITY);
  #lo = new Uint32Array(FIRST_CAPACITY);
  #capacity = FIRST_CAPACITY;
  #hasZero = false;
  #stored = 0;

  get size(): number {
    return this.#stored + (this.#hasZero ? 1 : 0);
  }

  clear(): void {
    this.#empty(FIRST_CAPACITY);
    this.#hasZero = false;
  }

  add(hi: number, lo: number): void {
    // A free slot is 0, 0: the visitor of this key is remembered apart.
    if (hi === 0 && lo === 0) {
      this.#hasZero = true;
      return;
    }
    const mask = this.#capacity - 1;
    let slot = lo & mask;
    while (this.#hi[slot] !== 0 || this.#lo[slot] !== 0) {
      if (this.#hi[slot] === hi && this.#lo[slot] === lo) return;
      slot = (slot + 1) & mask;
    }
    this.#hi[slot] = hi;
    this.#lo[slot] = lo;
    this.#stored += 1;
    if (this.#stored * 4 > this.#capacity * 3) this.#grow();
  }

  #grow(): void {
    const hi = this.#hi.slice(0, this.#capacity);
    const lo = this.#lo.slice(0, this.#capacity);
    this.#empty(this.#capacity * 2);
    for (const [slot, half] of hi.entries()) {
      const other = lo[slot] ?? 0;
      if (half !== 0 || other !== 0) this.add(half, other);
    }
  }

  #empty(capacity: number): void {
    if (capacity > this.#hi.length) {
      this.#hi = new Uint32Array(capacity);
      this.#lo = new Uint32Array(capacity);
    } else {
      this.#hi.fill(0, 0, capacity);
      this.#lo.fill(0, 0, capacity);
    }
    this.#capacity = capacity;
    this.#stored = 0;
  }
}
