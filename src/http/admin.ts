import { Hono } from "hono";
import { flushStreams } from "../app/live/flush-streams.ts";
import { noteOrder } from "../app/note-order.ts";
import { readStatus } from "../app/status.ts";
import { flush } from "../app/views/flush.ts";
import { putCategory, putContent } from "../app/views/put-content.ts";
import { MAX_BODY_BYTES } from "../core/limits.ts";
import { CategoryBody, ContentBody, ContentParam, IdParam } from "../protocol/requests.ts";
import { adminAudit } from "./admin-audit.ts";
import { adminCorrection } from "./admin-correction.ts";
import { adminExclusions } from "./admin-exclusions.ts";
import { adminHistory } from "./admin-history.ts";
import { adminKeys } from "./admin-keys.ts";
import { adminReconcile } from "./admin-reconcile.ts";
import { adminRestate } from "./admin-restate.ts";
import { shownRun } from "./admin-run.ts";
import { adminStreams } from "./admin-streams.ts";
import { adminSuspicions } from "./admin-suspicions.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { problem } from "./problem.ts";
import { parse, readBody } from "./read-body.ts";
import { signed } from "./signed.ts";

export const admin = new Hono<HttpEnv>();

admin.route("/", adminAudit);
admin.route("/", adminStreams);
admin.route("/", adminCorrection);
admin.route("/", adminExclusions);
admin.route("/", adminSuspicions);
admin.route("/", adminRestate);
admin.route("/", adminReconcile);
admin.route("/", adminHistory);
admin.route("/", adminKeys);

admin.put("/v1/admin/contents/:id", async (c) => {
  const id = parse(ContentParam, c.req.param("id"));
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, ContentBody);
  const saving = putContent(signed(c, c.get("services").registry), { ...body, id });
  const result = await orUnsaved(saving, c.get("services").log);
  if (result.status === "unknown-category") return problem("unknown-category");
  return answerJson(result.content, 200, NO_STORE);
});

admin.put("/v1/admin/categories/:id", async (c) => {
  const id = parse(IdParam, c.req.param("id"));
  const { log, registry } = c.get("services");
  const { title } = await readBody(c.req.raw, MAX_BODY_BYTES, CategoryBody);
  await orUnsaved(putCategory(signed(c, registry), id, title), log);
  return answerJson({ id, title }, 200, NO_STORE);
});

admin.post("/v1/admin/flush", async (c) => {
  const services = c.get("services");
  await noteOrder(signed(c, services.orders), { order: "flush" });
  const [views, streams] = await Promise.all([
    flush(services.flush),
    flushStreams(services.flushStreams),
  ]);
  return answerJson({ views, streams }, 200, NO_STORE);
});

admin.get("/v1/admin/status", async (c) => {
  const status = await readStatus(c.get("services").status);
  const reconciliations = status.reconciliations?.map(shownRun);
  return answerJson({ ...status, reconciliations }, 200, NO_STORE);
});
