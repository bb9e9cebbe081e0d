import { Hono } from "hono";
import { reconcile } from "../app/live/reconcile.ts";
import { noteOrder } from "../app/note-order.ts";
import { MAX_BODY_BYTES } from "../core/limits.ts";
import { ReconcileBody } from "../protocol/requests.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { readOptionalBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** Counting live viewers once more; behind the admin key. */
export const adminReconcile = new Hono<HttpEnv>();

adminReconcile.post("/v1/admin/reconcile", async (c) => {
  const { stream } = await readOptionalBody(c.req.raw, MAX_BODY_BYTES, ReconcileBody);
  const { orders, reconcile: deps } = c.get("services");
  await noteOrder(signed(c, orders), { order: "reconcile", subject: stream });
  const result = await reconcile(deps, stream);
  switch (result.status) {
    case "asked":
      return answerJson({ streams: result.streams }, 202, NO_STORE);
    case "unknown-stream":
      return problem("unknown-stream");
    default:
      return problem(result.status, { headers: { "Retry-After": "2" } });
  }
});
