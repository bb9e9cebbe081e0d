import type { Next } from "hono";
import { isBehindTheDoor } from "./behind-the-door.ts";
import type { HttpContext } from "./context.ts";
import { problem } from "./problem.ts";

/** Browsers may keep a preflight's answer for a day. */
const PREFLIGHT_SECONDS = 86_400;

const EXPOSED = "Retry-After,X-Headcount-Dropped,Preference-Applied";

/**
 * Which pages may read the answers (CORS, Fetch standard, section 3.3). By hand because `hono/cors` sets its
 * headers on an answer made beforehand, and the one that goes out is then a copy of a copy. What is behind the door of
 * operators is for no page: a key has no business in one, so a preflight is refused like everybody without a key.
 */
export const allowOrigins = async (c: HttpContext, next: Next): Promise<Response | undefined> => {
  if (isBehindTheDoor(c.req.path)) {
    await next();
    return undefined;
  }
  const { allowedOrigins } = c.get("services");
  const allowed = allowedOrigins === undefined ? "*" : listed(allowedOrigins, originOf(c));
  if (c.req.method === "OPTIONS") c.res = preflight();
  else await next();
  const { headers } = c.res;
  if (allowed !== undefined) headers.set("Access-Control-Allow-Origin", allowed);
  headers.set("Access-Control-Expose-Headers", EXPOSED);
  // With `*`, caches keep one answer for all pages.
  if (allowedOrigins !== undefined) headers.append("Vary", "Origin");
  return undefined;
};

/** A page elsewhere cannot count here, whatever it does with the answer. Who is no page sends no origin. */
export const refuseForeignOrigins = async (
  c: HttpContext,
  next: Next,
): Promise<Response | undefined> => {
  const { allowedOrigins } = c.get("services");
  const origin = originOf(c);
  if (allowedOrigins !== undefined && origin !== undefined && !allowedOrigins.has(origin)) {
    return problem("origin-not-allowed");
  }
  await next();
  return undefined;
};

const originOf = (c: HttpContext): string | undefined => c.req.header("Origin");

const listed = (origins: ReadonlySet<string>, origin: string | undefined): string | undefined =>
  origin !== undefined && origins.has(origin) ? origin : undefined;

const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET,POST",
      "Access-Control-Allow-Headers": "Content-Type,Prefer",
      "Access-Control-Max-Age": `${PREFLIGHT_SECONDS}`,
      Vary: "Access-Control-Request-Headers",
    },
  });
