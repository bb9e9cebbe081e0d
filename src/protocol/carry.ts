/**
 * What an hour hands to the next one: keys of the views counted in its last minute, by which the first minute of the
 * next hour is judged. Kept by Correctors and sent between them.
 *
 *     offset bytes
 *      0      1     version: 1
 *      1      7     end of the minute, unix ms
 *      8     10     for each key: 8 of it, 2 for when, in ms from the beginning of the minute
 */
import { MINUTE_MS } from "../core/limits.ts";
import type { CarriedKey } from "../core/views/refold.ts";

const VERSION = 1;
const HEAD_BYTES = 8;
const KEY_BYTES = 10;
const UINT32 = 2 ** 32;

/**
 * @param until end of the minute, ms
 * @param keys of views of that minute
 */
export const encodeCarry = (until: number, keys: readonly CarriedKey[]): Uint8Array => {
  const bytes = new Uint8Array(HEAD_BYTES + keys.length * KEY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(until / UINT32));
  view.setUint32(4, until % UINT32);
  view.setUint8(0, VERSION);
  let offset = HEAD_BYTES;
  for (const { key, at } of keys) {
    view.setUint32(offset, key.hi);
    view.setUint32(offset + 4, key.lo);
    view.setUint16(offset + 8, at - (until - MINUTE_MS));
    offset += KEY_BYTES;
  }
  return bytes;
};

/** @throws when the bytes are of no version this code knows */
export const decodeCarry = (bytes: Uint8Array): readonly CarriedKey[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_BYTES || (bytes.length - HEAD_BYTES) % KEY_BYTES !== 0) {
    throw new Error(`${bytes.length} bytes are no carry`);
  }
  if (view.getUint8(0) !== VERSION) throw new Error(`a carry of version ${view.getUint8(0)}`);
  const until = (view.getUint32(0) % 2 ** 24) * UINT32 + view.getUint32(4);
  const keys: CarriedKey[] = [];
  for (let offset = HEAD_BYTES; offset < bytes.length; offset += KEY_BYTES) {
    const key = { hi: view.getUint32(offset), lo: view.getUint32(offset + 4) };
    keys.push({ key, at: until - MINUTE_MS + view.getUint16(offset + 8) });
  }
  return keys;
};
