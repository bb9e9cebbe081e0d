/**
 * Fast 64-bit hashes for tables and routing, as two unsigned 32-bit halves because bitwise operators know no more.
 * Not cryptographic: whoever must not choose the outcome is kept out by the keyed hash inside a visitor.
 */

export interface Hash64 {
  readonly hi: number;
  readonly lo: number;
}

const PRIME_A = 0x85ebca6b;
const PRIME_B = 0xc2b2ae35;
const GOLDEN = 0x9e3779b9;

/** Finaliser of MurmurHash3 (Appleby, public domain): every input bit flips each output bit with probability one half. */
export const mix32 = (value: number): number => {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), PRIME_A);
  h = Math.imul(h ^ (h >>> 13), PRIME_B);
  return (h ^ (h >>> 16)) >>> 0;
};

/** Hash of an ASCII string: two FNV-1a-like lanes with different multipliers, each finished by `mix32`. */
export const hashText = (text: string): Hash64 => {
  let hi = 0x811c9dc5;
  let lo = GOLDEN;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    hi = Math.imul(hi ^ code, 0x01000193);
    lo = Math.imul(lo ^ code, PRIME_A) + hi;
  }
  return { hi: mix32(hi), lo: mix32(lo) };
};

/** 53 bits of a hash, as many as a number has exactly: a key for maps, in which equals may meet only by chance. */
export const numberOf = ({ hi, lo }: Hash64): number => (hi & 0x1fffff) * 2 ** 32 + lo;

/** One hash out of two; the order of the arguments matters. */
export const combine = (a: Hash64, b: Hash64): Hash64 => ({
  hi: mix32(a.hi ^ Math.imul(b.hi, PRIME_A) ^ b.lo),
  lo: mix32(a.lo ^ Math.imul(b.lo, PRIME_B) ^ Math.imul(b.hi, GOLDEN)),
});
