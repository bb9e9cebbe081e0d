/** Queries about what operators did. */
import * as v from "valibot";
import { AUDIT_MAX_LIMIT } from "../core/limits.ts";
import { Before, Id, limitTo, once } from "./requests.ts";

/** Query of `GET /v1/admin/audit`. */
export const AuditQuery = v.strictObject({
  subject: v.optional(once(Id)),
  actor: v.optional(once(Id)),
  limit: v.optional(once(limitTo(AUDIT_MAX_LIMIT))),
  before: Before,
});
