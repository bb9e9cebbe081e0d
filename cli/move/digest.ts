/** What a table holds, in a few numbers that are the same whatever its dialect and its order. */

import type { Row } from "../../src/adapters/sql/row-table.ts";
import { type Hash64, hashText } from "../../src/core/hash.ts";

/** Sums modulo 2^32 of the halves of all rows' hashes: unlike those of xor, two of the same row do not vanish. */
export interface Digest extends Hash64 {
  readonly rows: number;
}

export const NOTHING: Digest = { rows: 0, hi: 0, lo: 0 };

/** @param fields sorted, so that both dialects write the same */
export const canonical = (fields: readonly string[], row: Row): string =>
  JSON.stringify(fields.map((field) => row[field] ?? null));

export const addRows = (
  { rows: before, hi, lo }: Digest,
  fields: readonly string[],
  rows: readonly Row[],
): Digest => {
  const sum = { rows: before + rows.length, hi, lo };
  for (const row of rows) {
    const hash = hashText(canonical(fields, row));
    sum.hi = (sum.hi + hash.hi) >>> 0;
    sum.lo = (sum.lo + hash.lo) >>> 0;
  }
  return sum;
};

export const isEqual = (a: Digest, b: Digest): boolean =>
  a.rows === b.rows && a.hi === b.hi && a.lo === b.lo;

/** For people: 16 hexadecimal digits. */
export const digestText = ({ hi, lo }: Digest): string =>
  [hi, lo].map((half) => half.toString(16).padStart(8, "0")).join("");
