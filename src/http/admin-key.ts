import type { Next } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import { SCOPES } from "../protocol/scopes.ts";
import type { HttpContext } from "./context.ts";
import { problem } from "./problem.ts";

/** The deployment's own key, as the audit log names it. */
const ROOT_ACTOR = "admin-key";

/** Who comes without the admin key gets no further. */
export const requireAdminKey = async (
  c: HttpContext,
  next: Next,
): Promise<Response | undefined> => {
  const [, key = ""] = /^Bearer (.+)$/.exec(c.req.header("Authorization") ?? "") ?? [];
  if (!(await timingSafeEqual(key, c.get("services").adminKey))) {
    return problem("unauthorized", { headers: { "WWW-Authenticate": "Bearer" } });
  }
  c.set("caller", { actor: ROOT_ACTOR, scopes: new Set(SCOPES) });
  await next();
  return undefined;
};
