import { Hono } from "hono";
import { admin } from "./admin.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { Compose, HttpEnv } from "./context.ts";
import { counts } from "./counts.ts";
import { demo } from "./demo/routes.ts";
import { events } from "./events.ts";
import { health, misconfigured } from "./health.ts";
import { live } from "./live.ts";
import { allowOrigins, refuseForeignOrigins } from "./origins.ts";
import { problem, Refusal } from "./problem.ts";
import { rankings } from "./rankings.ts";
import { receipts } from "./receipts.ts";
import { scripts } from "./scripts.ts";
import { stats } from "./stats.ts";
import { streams } from "./streams.ts";
import { views } from "./views.ts";

/** What each path is for; who comes with another method is told (RFC 9110, section 15.5.6). */
const METHODS: readonly (readonly [RegExp, string])[] = [
  [/^\/v1\/views(?:\/confirm)?$/, "POST"],
  [/^\/v1\/(?:receipts|events)$/, "POST"],
  [/^\/v1\/streams\/[^/]+\/heartbeat$/, "POST"],
  [/^\/v1\/streams\/[^/]+\/live$/, "GET"],
  [/^\/v1\/admin\/(?:contents|categories|users|broadcasters|streams)\/[^/]+$/, "PUT"],
  [/^\/v1\/admin\/streams\/[^/]+\/(?:start|end)$/, "POST"],
  [/^\/v1\/admin\/(?:flush|correct|rebuild|reconcile|replay|import)$/, "POST"],
  [/^\/v1\/admin\/(?:status|corrections)$/, "GET, HEAD"],
  [/^\/v1\/admin\/exclusions$/, "GET, HEAD, POST"],
  [/^\/v1\/admin\/exclusions\/[^/]+$/, "DELETE"],
  [/^\/v1\/admin\/suspicions$/, "GET, HEAD"],
  [/^\/v1\/admin\/suspicions\/[^/]+\/(?:exclude|dismiss)$/, "POST"],
  [
    /^\/v1\/(?:streams\/[^/]+|rankings\/(?:live|views)|stats\/contents\/[^/]+(?:\/regions)?)$/,
    "GET, HEAD",
  ],
  [/^\/v1\/stats\/(?:streams|broadcasters)\/[^/]+\/history$/, "GET, HEAD"],
  [/^\/(?:v1\/counts(?:\/[^/]+)?|healthz|readyz)$/, "GET, HEAD"],
  [/^\/(?:demo(?:\/[^/]+|\/live\/[^/]+)?|headcount(?:\.debug|-live)?\.js)$/, "GET, HEAD"],
];

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
  app.use("/v1/views/*", refuseForeignOrigins);
  app.use("/v1/receipts", refuseForeignOrigins);
  app.use("/v1/streams/:id/heartbeat", refuseForeignOrigins);

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
    const allow = METHODS.find(([path]) => path.test(c.req.path))?.[1];
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
