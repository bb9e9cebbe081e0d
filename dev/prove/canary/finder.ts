/** Thousands of needles in hundreds of megabytes, in one pass. */
import { type Encoding, type Needle, needlesOf } from "./encodings.ts";
import type { Mark } from "./marks.ts";

export interface Found {
  readonly mark: Mark;
  readonly encoding: Encoding;
  /** Where it begins. */
  readonly at: number;
}

export interface Finder {
  /** @returns every place of every mark, in their order */
  find(bytes: Uint8Array): readonly Found[];
}

/** Every needle is at least so long, and the first bytes of it are looked up. */
const HEAD_BYTES = 4;
/** 64 KB, which stay in the processor's cache: one look there dismisses most places of a haystack. */
const BITS = 16;
const MULTIPLIER = 0x9e3779b1;

/** @throws Error when something is too short to be told from an accident */
export const makeFinder = (marks: readonly Mark[]): Finder => {
  const needles = marks.flatMap(needlesOf);
  const byHead = new Map<number, Needle[]>();
  const mayBegin = new Uint8Array(1 << BITS);
  for (const needle of needles) {
    if (needle.bytes.length < 2 * HEAD_BYTES) throw new Error(`too short: a ${needle.mark.kind}`);
    const head = needle.bytes.subarray(0, HEAD_BYTES).reduce((word, byte) => (word << 8) | byte, 0);
    const same = byHead.get(head);
    if (same === undefined) byHead.set(head, [needle]);
    else same.push(needle);
    mayBegin[slotOf(head)] = 1;
  }
  const find = (bytes: Uint8Array): readonly Found[] => {
    const found: Found[] = [];
    let head = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      head = (head << 8) | (bytes[end] ?? 0);
      if (mayBegin[slotOf(head)] === 0) continue;
      const begun = byHead.get(head);
      if (begun === undefined) continue;
      const at = end - HEAD_BYTES + 1;
      for (const { mark, encoding, bytes: wanted } of begun) {
        if (isAt(bytes, at, wanted)) found.push({ mark, encoding, at });
      }
    }
    return found;
  };
  return { find };
};

const slotOf = (head: number): number => Math.imul(head, MULTIPLIER) >>> (32 - BITS);

const isAt = (bytes: Uint8Array, at: number, wanted: Uint8Array): boolean => {
  if (at < 0 || at + wanted.length > bytes.length) return false;
  for (let index = HEAD_BYTES; index < wanted.length; index += 1) {
    if (bytes[at + index] !== wanted[index]) return false;
  }
  return true;
};
