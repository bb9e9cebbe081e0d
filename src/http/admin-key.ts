import type { Next } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import type { HttpContext } from "./context.ts";
import { problem } from "./problem.ts";

/** Who comes without the admin key gets no further. */
export const requireAdminKey = async (
  c: HttpContext,
  next: Next,
): Promise<Response | undefined> => {
  const [, key = ""] = /^Bearer (.+)$/.exec(c.req.header("Authorization") ?? "") ?? [];
  if (!(await timingSafeEqual(key, c.get("services").adminKey))) {
    return problem("unauthorized", { headers: { "WWW-Authenticate": "Bearer" } });
  }
  await next();
  return undefined;
};
