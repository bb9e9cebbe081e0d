/** What can be done to a token without its key. Pure: text in, text out. */

import type { ViewEvent } from "../../../src/core/views/view-event.ts";
import { fromBase64Url, toBase64Url } from "../../../src/protocol/base64url.ts";
import { decodeEvent, encodeEvent } from "../../../src/protocol/event-codec.ts";

export interface Parts {
  readonly version: string;
  readonly keyId: string;
  readonly payload: string;
  readonly mac: string;
}

export const partsOf = (token: string): Parts => {
  const [version = "", keyId = "", payload = "", mac = ""] = token.split(".");
  return { version, keyId, payload, mac };
};

export const joined = ({ version, keyId, payload, mac }: Parts): string =>
  [version, keyId, payload, mac].join(".");

export const withParts = (token: string, changed: Partial<Parts>): string =>
  joined({ ...partsOf(token), ...changed });

/** The payload says something else, the MAC is that of before. */
export const withEvent = (
  token: string,
  change: (event: ViewEvent) => Partial<ViewEvent>,
): string => {
  const bytes = fromBase64Url(partsOf(token).payload);
  const event = bytes && decodeEvent(bytes);
  if (event === undefined) throw new Error("no token of ours");
  return withParts(token, { payload: toBase64Url(encodeEvent({ ...event, ...change(event) })) });
};

/** Its time is in its id, too. */
export const laterBy =
  (ms: number) =>
  (event: ViewEvent): Partial<ViewEvent> => {
    const id = event.id.slice();
    const view = new DataView(id.buffer);
    const at = event.at + ms;
    view.setUint16(0, Math.floor(at / 2 ** 32));
    view.setUint32(2, at % 2 ** 32);
    return { id, at };
  };

/** One bit of the MAC, another one for each `index`. */
export const withFlippedBit = (token: string, index: number): string => {
  const { mac } = partsOf(token);
  const bytes = fromBase64Url(mac) ?? new Uint8Array(0);
  const at = index % (bytes.length * 8);
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
  return withParts(token, { mac: toBase64Url(bytes) });
};

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The same bytes to a decoder that heeds no bits beyond the last byte; for text with such bits alone. */
export const withSpareBits = (text: string): string => {
  const last = DIGITS.indexOf(text.at(-1) ?? "");
  return `${text.slice(0, -1)}${DIGITS[last | 1] ?? ""}`;
};

/** As padding and the standard alphabet have it. */
export const asStandardBase64 = (text: string): string => {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return standard.padEnd(Math.ceil(text.length / 4) * 4, "=");
};
