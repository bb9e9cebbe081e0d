/**
 * Hashes and event ids as text, and back. Correction reads some of each in every line of the raw log, so these are
 * loops over a table: they add little to the `JSON.parse` before them and make no object that is not asked for.
 */
import type { Hash64 } from "../core/hash.ts";
import { hexByte } from "../core/hex.ts";
import { EVENT_ID_BYTES } from "../core/views/event-id.ts";

/** Value of a lower-case digit by its character code. */
const DIGITS = new Float64Array(128).fill(Number.NaN);
for (let value = 0; value < 16; value += 1) DIGITS[value.toString(16).charCodeAt(0)] = value;

const EVENT_ID_CHARACTERS = 36;
const DASH = 0x2d;

/** @returns 16 lower-case digits, the high half first */
export const hexOfHash = ({ hi, lo }: Hash64): string => hex32(hi) + hex32(lo);

const hex32 = (value: number): string =>
  hexByte(value >>> 24) + hexByte(value >>> 16) + hexByte(value >>> 8) + hexByte(value);

/** @returns the hash, or `undefined` unless the text is exactly what `hexOfHash` writes */
export const hashOfHex = (text: string): Hash64 | undefined => {
  const hi = readHex(text, 0, 8);
  const lo = readHex(text, 8, 16);
  return text.length !== 16 || Number.isNaN(hi + lo) ? undefined : { hi, lo };
};

/**
 * Puts the 16 bytes of an event id at `offset`.
 * @param text as `formatEventId` writes it
 * @returns whether it was the id of an event of `atMs`; if not, nothing was put
 */
export const putEventId = (into: DataView, offset: number, text: string, atMs: number): boolean => {
  const high = readHex(text, 0, 8);
  const middle = readHex(text, 9, 13);
  const second = middle * 2 ** 16 + readHex(text, 14, 18);
  const third = readHex(text, 19, 23) * 2 ** 16 + readHex(text, 24, 28);
  const last = readHex(text, 28, 36);
  const isEventId =
    text.length === EVENT_ID_CHARACTERS &&
    high * 2 ** 16 + middle === atMs &&
    ((second >>> 12) & 0xf) === 7 &&
    third >>> 30 === 2 &&
    !Number.isNaN(last) &&
    hasDashes(text);
  if (!isEventId) return false;
  into.setUint32(offset, high);
  into.setUint32(offset + 4, second);
  into.setUint32(offset + 8, third);
  into.setUint32(offset + 12, last);
  return true;
};

/** @returns the id and the time it carries, ms; `undefined` unless the text is a UUIDv7, digits in either case */
export const parseEventId = (
  text: string,
): { readonly id: Uint8Array; readonly at: number } | undefined => {
  const lower = text.toLowerCase();
  const at = readHex(lower, 0, 8) * 2 ** 16 + readHex(lower, 9, 13);
  const id = new Uint8Array(EVENT_ID_BYTES);
  return putEventId(new DataView(id.buffer), 0, lower, at) ? { id, at } : undefined;
};

const hasDashes = (text: string): boolean =>
  text.charCodeAt(8) === DASH &&
  text.charCodeAt(13) === DASH &&
  text.charCodeAt(18) === DASH &&
  text.charCodeAt(23) === DASH;

/** @returns `NaN` where a character is no digit */
const readHex = (text: string, from: number, to: number): number => {
  let value = 0;
  for (let index = from; index < to; index += 1) {
    value = value * 16 + (DIGITS[text.charCodeAt(index)] ?? Number.NaN);
  }
  return value;
};
