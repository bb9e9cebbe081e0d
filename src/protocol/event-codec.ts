/**
 * The bytes of an event: sealed into the token, logged by the Collector, folded by the Tally, always the same.
 *
 *     offset bytes
 *      0      1     flags: 1 = has a previous visitor key
 *      1     16     event id
 *     17      2     shard
 *     19      1     edge verdict
 *     20      1     rule version
 *     21      8     visitor key
 *     29      8     network hash
 *     37      1     browser family
 *     38      1     ASN class
 *     39      2     country
 *     41      8     previous visitor key, if flagged
 *      .    1 + n   content id, ASCII
 *      .    1 + n   region, UTF-8
 *      .    1 + n   city, UTF-8
 */
import type { Hash64 } from "../core/hash.ts";
import { contentId } from "../core/ids.ts";
import { EVENT_ID_BYTES, isEventId, timeOfEventId } from "../core/views/event-id.ts";
import { ASN_CLASSES, BROWSER_FAMILIES, type ViewEvent } from "../core/views/view-event.ts";

const HAS_PREVIOUS = 1;
const FIXED_BYTES = 41;
const ID_OFFSET = 1;
const SHARD_OFFSET = 17;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const encodeEvent = (event: ViewEvent): Uint8Array => {
  const texts = [event.content, event.region, event.city].map((text) => encoder.encode(text));
  const previousBytes = event.previousVisitor === undefined ? 0 : 8;
  const size = texts.reduce((sum, text) => sum + 1 + text.length, FIXED_BYTES + previousBytes);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes[0] = event.previousVisitor === undefined ? 0 : HAS_PREVIOUS;
  bytes.set(event.id, ID_OFFSET);
  view.setUint16(SHARD_OFFSET, event.shard);
  view.setUint8(19, event.edgeVerdict);
  view.setUint8(20, event.ruleVersion);
  putHash(view, 21, event.visitor);
  putHash(view, 29, event.network);
  view.setUint8(37, BROWSER_FAMILIES.indexOf(event.browser));
  view.setUint8(38, ASN_CLASSES.indexOf(event.asnClass));
  view.setUint8(39, event.country.charCodeAt(0));
  view.setUint8(40, event.country.charCodeAt(1));
  if (event.previousVisitor !== undefined) putHash(view, FIXED_BYTES, event.previousVisitor);
  let offset = FIXED_BYTES + previousBytes;
  for (const text of texts) {
    bytes[offset] = text.length;
    bytes.set(text, offset + 1);
    offset += 1 + text.length;
  }
  return bytes;
};

/** @returns the event, or `undefined` when the bytes are none: old stored bytes are read with suspicion. */
export const decodeEvent = (bytes: Uint8Array): ViewEvent | undefined => {
  if (bytes.length < FIXED_BYTES + 3) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isEventId(view, ID_OFFSET)) return undefined;
  const hasPrevious = (view.getUint8(0) & HAS_PREVIOUS) !== 0;
  const texts = readTexts(bytes, FIXED_BYTES + (hasPrevious ? 8 : 0));
  const content = contentId(texts?.[0] ?? "");
  if (texts === undefined || content === undefined) return undefined;
  return {
    id: bytes.slice(ID_OFFSET, ID_OFFSET + EVENT_ID_BYTES),
    at: timeOfEventId(view, ID_OFFSET),
    content,
    visitor: readHash(view, 21),
    ...(hasPrevious && { previousVisitor: readHash(view, FIXED_BYTES) }),
    shard: shardOfEvent(view),
    edgeVerdict: view.getUint8(19),
    ruleVersion: view.getUint8(20),
    country: String.fromCharCode(view.getUint8(39), view.getUint8(40)),
    region: texts[1],
    city: texts[2],
    asnClass: ASN_CLASSES[view.getUint8(38)] ?? "unknown",
    network: readHash(view, 29),
    browser: BROWSER_FAMILIES[view.getUint8(37)] ?? "other",
  };
};

/** Whether the bytes are those of this event, by its id alone. What has one may yet be no event. */
export const hasEventId = (event: Uint8Array, id: Uint8Array): boolean =>
  event.length >= FIXED_BYTES && id.every((byte, index) => event[ID_OFFSET + index] === byte);

/** Whether an event's visitor, or that of the day before, is among the keys. As of ids. */
export const hasVisitor = (event: Uint8Array, keys: readonly Hash64[]): boolean => {
  if (event.length < FIXED_BYTES) return false;
  const view = new DataView(event.buffer, event.byteOffset, event.byteLength);
  const hasPrevious = (view.getUint8(0) & HAS_PREVIOUS) !== 0 && event.length >= FIXED_BYTES + 8;
  const offsets = hasPrevious ? [21, FIXED_BYTES] : [21];
  return keys.some(({ hi, lo }) =>
    offsets.some((at) => view.getUint32(at) === hi && view.getUint32(at + 4) === lo),
  );
};

/** The time alone, ms; `undefined` when the bytes are too few. What has one may yet be no event. */
export const timeOfEvent = (event: DataView): number | undefined =>
  event.byteLength < FIXED_BYTES ? undefined : timeOfEventId(event, ID_OFFSET);

/** The shard alone, so that routing copies bytes and decodes nothing. */
export const shardOfEvent = (event: DataView): number => event.getUint16(SHARD_OFFSET);

const putHash = (view: DataView, offset: number, { hi, lo }: Hash64): void => {
  view.setUint32(offset, hi);
  view.setUint32(offset + 4, lo);
};

const readHash = (view: DataView, offset: number): Hash64 => ({
  hi: view.getUint32(offset),
  lo: view.getUint32(offset + 4),
});

const readTexts = (bytes: Uint8Array, from: number): [string, string, string] | undefined => {
  const texts: string[] = [];
  let offset = from;
  for (let i = 0; i < 3; i += 1) {
    const end = offset + 1 + (bytes[offset] ?? bytes.length);
    if (end > bytes.length) return undefined;
    const text = decodeText(bytes.subarray(offset + 1, end));
    if (text === undefined) return undefined;
    texts.push(text);
    offset = end;
  }
  const [content = "", region = "", city = ""] = texts;
  return [content, region, city];
};

/** Nearly all text is ASCII, and short: for that a call into the platform costs more than a loop. */
const decodeText = (bytes: Uint8Array): string | undefined => {
  if (bytes.every((byte) => byte < 0x80)) return String.fromCharCode(...bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};
