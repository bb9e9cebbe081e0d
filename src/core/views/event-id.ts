/** Event ids are UUIDv7 (RFC 9562, section 5.7): the first 48 bits are the issue time in ms, the rest is random. */
import { hexByte } from "../hex.ts";

export const EVENT_ID_BYTES = 16;

/**
 * @param atMs issue time in ms since 1970
 * @param random at least 10 random bytes
 * @returns the 16 bytes of a UUIDv7
 */
export const makeEventId = (atMs: number, random: Uint8Array): Uint8Array => {
  const id = new Uint8Array(EVENT_ID_BYTES);
  const view = new DataView(id.buffer);
  view.setUint16(0, Math.floor(atMs / 2 ** 32));
  view.setUint32(2, atMs % 2 ** 32);
  id.set(random.subarray(0, 10), 6);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  return id;
};

/** @returns the issue time in ms that the id carries */
export const timeOfEventId = (id: DataView, offset: number): number =>
  id.getUint16(offset) * 2 ** 32 + id.getUint32(offset + 2);

/** @returns whether the 16 bytes at `offset` are a UUIDv7 */
export const isEventId = (id: DataView, offset: number): boolean =>
  id.getUint8(offset + 6) >>> 4 === 7 && id.getUint8(offset + 8) >>> 6 === 2;

/** @returns the canonical text, 8-4-4-4-12 lower-case hexadecimal digits */
export const formatEventId = (id: Uint8Array): string => {
  let text = "";
  for (let index = 0; index < EVENT_ID_BYTES; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += hexByte(id[index] ?? 0);
  }
  return text;
};
