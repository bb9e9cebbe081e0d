/**
 * The view token as text: `v1.<key id>.<payload>.<mac>`, payload and MAC in base64url without padding.
 * The MAC is HMAC-SHA-256 over everything before its dot, cut to 128 bits (RFC 2104, section 5).
 */
import { fromBase64Url, toBase64Url } from "./base64url.ts";

const VERSION = "v1";
export const MAC_BYTES = 16;

/** Longer than any token we mint: 64 bytes of content, 8 of region and 64 of city among at most 193 of payload. */
export const MAX_TOKEN_CHARS = 400;

export interface TokenParts {
  readonly keyId: string;
  /** What the MAC is over. */
  readonly signed: string;
  readonly payload: Uint8Array;
  readonly mac: Uint8Array;
}

export const signedPart = (keyId: string, payload: Uint8Array): string =>
  `${VERSION}.${keyId}.${toBase64Url(payload)}`;

export const formatToken = (signed: string, mac: Uint8Array): string =>
  `${signed}.${toBase64Url(mac)}`;

/** @returns the parts, or `undefined` when the text has not the form of a token */
export const parseToken = (token: string): TokenParts | undefined => {
  if (token.length > MAX_TOKEN_CHARS) return undefined;
  const [version, keyId, payloadText, macText, ...rest] = token.split(".");
  if (version !== VERSION || !keyId || !payloadText || !macText || rest.length > 0)
    return undefined;
  const payload = fromBase64Url(payloadText);
  const mac = fromBase64Url(macText);
  if (payload === undefined || mac?.length !== MAC_BYTES) return undefined;
  return { keyId, signed: `${version}.${keyId}.${payloadText}`, payload, mac };
};
