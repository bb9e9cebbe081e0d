import type { Next } from "hono";
import type { HttpContext } from "./context.ts";
import { problem } from "./problem.ts";
import { routeOf } from "./route-of.ts";

/**
 * The door of operators and back ends. Who comes without a good key is told the same whatever the path and the method,
 * before anything else of the request is looked at; so nobody learns here what there is.
 */
export const requireKey = async (c: HttpContext, next: Next): Promise<Response | undefined> => {
  const caller = await c.get("services").keyring.callerOf(keyOf(c));
  if (caller === "unavailable") {
    return problem("keys-unavailable", { headers: { "Retry-After": "2" } });
  }
  if (caller === "unknown") {
    return problem("unauthorized", { headers: { "WWW-Authenticate": "Bearer" } });
  }
  const scope = routeOf(c.req.method, c.req.path)?.scope;
  // What is written down nowhere is not there, whatever may be routed.
  if (scope === undefined) return c.notFound();
  if (!caller.scopes.has(scope)) {
    // RFC 6750, section 3.1
    const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
    return problem("insufficient-scope", { headers: { "WWW-Authenticate": challenge } });
  }
  c.set("caller", caller);
  await next();
  return undefined;
};

/** @returns the key that came; empty when none did, or by another scheme */
const keyOf = (c: HttpContext): string =>
  /^Bearer +(.+)$/i.exec(c.req.header("Authorization") ?? "")?.[1] ?? "";
