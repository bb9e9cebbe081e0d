/**
 * Base64url without padding (RFC 4648, section 5), by tables: the runtimes' own `Uint8Array.fromBase64` is not in
 * all of them yet, and `atob` takes a detour through strings that shows in what a confirm costs.
 */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NO_DIGIT = 64;

/** Value of a digit by its character code. */
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (let value = 0; value < DIGITS.length; value += 1) VALUES[DIGITS.charCodeAt(value)] = value;

export const toBase64Url = (bytes: Uint8Array): string => {
  let text = "";
  let held = 0;
  let bits = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    held = (held << 8) | (bytes[i] ?? 0);
    for (bits += 8; bits >= 6; bits -= 6) text += DIGITS[(held >> (bits - 6)) & 63];
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + DIGITS[held << (6 - bits)];
};

/** @returns the bytes, or `undefined` when the text is no canonical base64url: one array has one text */
export const fromBase64Url = (text: string): Uint8Array | undefined => {
  if (text === "" || text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = VALUES[text.charCodeAt(i)] ?? NO_DIGIT;
    if (value === NO_DIGIT) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length] = held >> bits;
    length += 1;
    held &= (1 << bits) - 1;
  }
  return held === 0 ? bytes : undefined;
};
