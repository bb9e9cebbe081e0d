import { Hono } from "hono";
import { readAudit } from "../app/read-audit.ts";
import { AUDIT_DEFAULT_LIMIT } from "../core/limits.ts";
import { AuditQuery } from "../protocol/requests-audit.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse } from "./read-body.ts";

/** What operators did, and whose key it was; behind the door. */
export const adminAudit = new Hono<HttpEnv>();

adminAudit.get("/v1/admin/audit", async (c) => {
  const { audit, log } = c.get("services");
  const { limit = AUDIT_DEFAULT_LIMIT, ...rest } = parse(AuditQuery, c.req.queries());
  try {
    const { rows, next } = await readAudit(audit, { limit, ...rest });
    const entries = rows.map(({ at, ...entry }) => ({ ...entry, at: new Date(at).toISOString() }));
    return answerJson({ audit: entries, next }, 200, NO_STORE);
  } catch (cause) {
    log.error("audit.unread", { cause: `${cause}` });
    return problem("audit-unavailable", { headers: { "Retry-After": "2" } });
  }
});
