/** Bodies and queries about what looks like tampering. */
import * as v from "valibot";
import { SUSPICIONS_MAX } from "../core/limits.ts";
import { Before, limitTo, once, Title } from "./requests.ts";

/** Query of `GET /v1/admin/suspicions`. */
export const SuspicionsQuery = v.strictObject({
  status: v.optional(once(v.picklist(["open", "excluded", "dismissed"]))),
  limit: v.optional(once(limitTo(SUSPICIONS_MAX))),
  before: Before,
});

/** `POST /v1/admin/suspicions/:id/exclude` and `…/dismiss` */
export const DecisionBody = v.strictObject({ reason: v.optional(Title) });
