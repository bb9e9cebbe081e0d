/** A small generator (sfc32, Chris Doty-Humphrey's PractRand), so that a seed is a whole world. */
export class Prng {
  #a = 0x9e3779b9;
  #b = 0x243f6a88;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#c = seed | 0;
    for (let i = 0; i < 16; i += 1) this.fraction();
  }

  /** In [0, 1). */
  fraction(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.fraction() * items.length)] ?? items[0];
  }

  /** Index in [0, count), number i with weight 1 / (i + 1). */
  zipf(count: number): number {
    let total = 0;
    for (let i = 0; i < count; i += 1) total += 1 / (i + 1);
    let rest = this.fraction() * total;
    for (let i = 0; i < count; i += 1) {
      rest -= 1 / (i + 1);
      if (rest < 0) return i;
    }
    return count - 1;
  }
}
