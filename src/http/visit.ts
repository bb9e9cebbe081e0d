import type { Visit } from "../app/views/mint.ts";
import { USER_AGENT_MAX_CHARS } from "../core/limits.ts";

/** What the platform says of a request. It writes `CF-Connecting-IP` itself; no other header is believed. */
export const visitOf = (request: Request): Visit => {
  const { headers } = request;
  const place = placeOf(request);
  return {
    address: addressOf(request),
    userAgent: userAgentOf(request),
    purpose: headers.get("Sec-Purpose") ?? headers.get("Purpose") ?? undefined,
    country: /^[A-Z0-9]{2}$/.test(place.country ?? "") ? (place.country ?? "XX") : "XX",
    region: cutUtf8(place.regionCode ?? "", 8),
    city: cutUtf8(place.city ?? "", 64),
    asn: place.asn,
  };
};

/** Of one that is too long, so much that it is seen to be: what is hashed and handed on is never longer. */
export const userAgentOf = (request: Request): string | undefined =>
  request.headers.get("User-Agent")?.slice(0, USER_AGENT_MAX_CHARS + 1);

/** One name for all where the platform gives none, as in a test. */
export const addressOf = (request: Request): string =>
  request.headers.get("CF-Connecting-IP") ?? "unknown";

/** Where the request came in, `XXX` where that is unknown; it names objects, so nothing else is let through. */
export const coloOf = (request: Request): string => {
  const { colo } = placeOf(request);
  return colo !== undefined && /^[A-Z]{3}$/.test(colo) ? colo : "XXX";
};

type Place = Partial<
  Pick<IncomingRequestCfProperties, "country" | "regionCode" | "city" | "asn" | "colo">
>;

const placeOf = (request: Request): Place => (request.cf as Place | undefined) ?? {};

/** Cuts between characters. */
const cutUtf8 = (text: string, maxBytes: number): string => {
  const bytes = encoder.encode(text);
  if (bytes.length <= maxBytes) return text;
  return lenient.decode(bytes.subarray(0, maxBytes)).replace(/\uFFFD+$/, "");
};

const encoder = new TextEncoder();
const lenient = new TextDecoder();
