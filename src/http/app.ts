import { Hono } from "hono";
import { admin } from "./admin.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import { BEHIND_THE_DOOR } from "./behind-the-door.ts";
import type { Compose, HttpEnv } from "./context.ts";
import { counts } from "./counts.ts";
import { demo } from "./demo/routes.ts";
import { events } from "./events.ts";
import { health, misconfigured } from "./health.ts";
import { limitReads } from "./limited.ts";
import { live } from "./live.ts";
import { allowOrigins, refuseForeignOrigins } from "./origins.ts";
import { problem, Refusal } from "./problem.ts";
import { rankings } from "./rankings.ts";
import { receipts } from "./receipts.ts";
import { repeatable } from "./repeatable.ts";
import { requireKey } from "./require-key.ts";
import { allowOf } from "./route-of.ts";
import { scripts } from "./scripts.ts";
import { stats } from "./stats.ts";
import { streams } from "./streams.ts";
import { views } from "./views.ts";

/** What anybody may read, under one limit. Readiness asks objects, as reads do. */
const READ_PATHS = [
  "/v1/counts/*",
  "/v1/stats/*",
  "/v1/rankings/*",
  "/v1/streams/:id",
  "/readyz",
] as const;

export const makeApp = (compose: Compose): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>();
  app.get("/healthz", () => answerJson({ status: "ok" }, 200, NO_STORE));
  app.route("/", scripts);

  app.use(async function provideServices(c, next) {
    const composed = compose(c.env);
    if (composed.status === "refused") return misconfigured(composed.problems);
    c.set("services", composed.services);
    return next();
  });
  app.use("/v1/*", allowOrigins);
  for (const path of BEHIND_THE_DOOR) app.use(path, requireKey, repeatable);
  app.use("/v1/views/*", refuseForeignOrigins);
  app.use("/v1/receipts", refuseForeignOrigins);
  app.use("/v1/streams/:id/heartbeat", refuseForeignOrigins);
  for (const path of READ_PATHS) app.use(path, limitReads);

  app.route("/", views);
  app.route("/", receipts);
  app.route("/", events);
  app.route("/", counts);
  app.route("/", stats);
  app.route("/", live);
  app.route("/", streams);
  app.route("/", rankings);
  app.route("/", admin);
  app.route("/", health);
  app.route("/", demo);

  app.notFound((c) => {
    // Who comes with another method than a path is for is told so (RFC 9110, section 15.5.6).
    const allow = allowOf(c.req.path);
    if (allow === undefined) return problem("not-found");
    return problem("method-not-allowed", { headers: { Allow: allow } });
  });
  app.onError((error, c) => {
    if (error instanceof Refusal) return problem(error.code, error.options);
    c.get("services").log.error("http.failed", { path: c.req.routePath, error: error.message });
    return problem("internal");
  });
  return app;
};
