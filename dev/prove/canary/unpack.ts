/** What lies compressed in some bytes. */
import { constants, inflateRawSync } from "node:zlib";

/** RFC 1952, section 2.3.1: its two magic bytes and the one method there is. */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 0x08]);

/** Of one member, when it is unpacked: more than that is none of ours. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What is packed in what is packed in what is packed is no accident any more. */
const MAX_DEPTH = 3;

/** @returns what every gzip stream in them holds, wherever it begins; streams within streams too */
export const unpack = (bytes: Uint8Array, depth = 0): readonly Uint8Array[] => {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Uint8Array[] = [];
  for (let at = whole.indexOf(GZIP_HEAD); at !== -1; at = whole.indexOf(GZIP_HEAD, at + 1)) {
    const inside = gunzipped(whole.subarray(at));
    if (inside === undefined) continue;
    found.push(inside);
    if (depth + 1 < MAX_DEPTH) found.push(...unpack(inside, depth + 1));
  }
  return found;
};

/** Raw, so that what follows the stream is no matter; what comes before an end or a fault counts. */
const gunzipped = (bytes: Uint8Array): Uint8Array | undefined => {
  const body = bytes.subarray(headBytes(bytes));
  try {
    const inside = inflateRawSync(body, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MAX_BYTES,
    });
    return inside.length === 0 ? undefined : inside;
  } catch {
    return undefined;
  }
};

const FIXED_BYTES = 10;
const HAS_NAME = 0x08;

/** Of the parts that a head may have, nobody here writes any but the name of a file. */
const headBytes = (bytes: Uint8Array): number => {
  const hasName = ((bytes[3] ?? 0) & HAS_NAME) !== 0;
  return hasName ? bytes.indexOf(0, FIXED_BYTES) + 1 : FIXED_BYTES;
};
