import { toBase64Url } from "../../../src/protocol/base64url.ts";

export const SITE_SECRET = new Uint8Array(32).fill(7);

interface TicketParts {
  readonly keyId?: string;
  readonly secret?: Uint8Array;
  readonly version?: string;
  readonly claims: unknown;
}

export const secondsAhead = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

/** As a site signs one. */
export const makeTicket = async (parts: TicketParts): Promise<string> => {
  const { keyId = "site", secret = SITE_SECRET, version = "t1", claims } = parts;
  const encoder = new TextEncoder();
  const payload = toBase64Url(encoder.encode(JSON.stringify(claims)));
  const signed = `${version}.${keyId}.${payload}`;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(signed));
  return `${signed}.${toBase64Url(new Uint8Array(mac))}`;
};
