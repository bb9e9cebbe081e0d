/**
 * A site's word for who comes to a stream, as text: `t1.<key id>.<payload>.<mac>`. The payload is JSON in base64url,
 * the MAC is HMAC-SHA-256 over everything before its dot, all 32 bytes. `docs/live.md` has examples of signing.
 */
import * as v from "valibot";
import { ID_PATTERN, type StreamId } from "../core/ids.ts";
import { fromBase64Url } from "./base64url.ts";

export interface TicketClaims {
  readonly stream: StreamId;
  /** The site's own id of the user. */
  readonly user: string;
  /** Unix seconds. */
  readonly exp: number;
}

export interface SignedTicket {
  readonly keyId: string;
  /** What the MAC is over. */
  readonly signed: string;
  readonly mac: Uint8Array;
  readonly claims: TicketClaims;
}

/** Longer than any ticket: two ids of 64 characters and a time in it. */
export const MAX_TICKET_CHARS = 512;

const FORM = /^(t1\.([A-Za-z0-9]{1,8})\.([A-Za-z0-9_-]+))\.([A-Za-z0-9_-]{43})$/;

const Id = v.pipe(v.string(), v.regex(ID_PATTERN));
const Claims = v.strictObject({
  stream: v.pipe(
    Id,
    v.transform((id) => id as StreamId),
  ),
  user: Id,
  exp: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** @returns `undefined` when the text has not the form of a ticket; the MAC is not looked at */
export const parseTicket = (ticket: string): SignedTicket | undefined => {
  if (ticket.length > MAX_TICKET_CHARS) return undefined;
  const [, signed = "", keyId = "", payload = "", macText = ""] = FORM.exec(ticket) ?? [];
  const bytes = fromBase64Url(payload);
  const mac = fromBase64Url(macText);
  if (bytes === undefined || mac === undefined) return undefined;
  const claims = v.safeParse(Claims, parseJson(bytes));
  return claims.success ? { keyId, signed, mac, claims: claims.output } : undefined;
};

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};
