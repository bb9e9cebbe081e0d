import { Hono } from "hono";
import { cors } from "hono/cors";
import type { Compose, HttpContext, HttpEnv } from "./context.ts";
import { counts } from "./counts.ts";
import { demo } from "./demo/routes.ts";
import { health, misconfigured } from "./health.ts";
import { problem, Refusal } from "./problem.ts";
import { scripts } from "./scripts.ts";
import { views } from "./views.ts";

/** What each path is for; who comes with another method is told (RFC 9110, section 15.5.6). */
const METHODS: readonly (readonly [RegExp, string])[] = [
  [/^\/v1\/views(?:\/confirm)?$/, "POST"],
  [/^\/(?:v1\/counts(?:\/[^/]+)?|healthz|readyz|demo)$/, "GET, HEAD"],
];

/** Browsers may keep a preflight's answer for a day. */
const PREFLIGHT_SECONDS = 86_400;

export const makeApp = (compose: Compose): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>();
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.route("/", scripts);

  app.use(async function provideServices(c, next) {
    const composed = compose(c.env);
    if (composed.status === "refused") return misconfigured(composed.problems);
    c.set("services", composed.services);
    return next();
  });
  app.use("/v1/*", function allowOrigins(c, next) {
    return (c.var.services.allowedOrigins === undefined ? anyOrigin : listedOrigins)(c, next);
  });
  app.use("/v1/views/*", async function refuseForeignOrigins(c, next) {
    const origin = c.req.header("Origin");
    if (origin !== undefined && !isAllowed(c, origin)) return problem("origin-not-allowed");
    return next();
  });

  app.route("/", views);
  app.route("/", counts);
  app.route("/", health);
  app.route("/", demo);

  app.notFound((c) => {
    const allow = METHODS.find(([path]) => path.test(c.req.path))?.[1];
    if (allow === undefined) return problem("not-found");
    return problem("method-not-allowed", { headers: { Allow: allow } });
  });
  app.onError((error, c) => {
    if (error instanceof Refusal) return problem(error.code, error.options);
    c.var.services.log.error("http.failed", { path: c.req.routePath, error: error.message });
    return problem("internal");
  });
  return app;
};

const CORS = {
  allowMethods: ["GET", "POST"],
  allowHeaders: ["Content-Type", "Prefer"],
  exposeHeaders: ["Retry-After", "X-Headcount-Dropped", "Preference-Applied"],
  maxAge: PREFLIGHT_SECONDS,
};

/** Says `*`, so that caches keep one answer for all pages. */
const anyOrigin = cors({ ...CORS, origin: "*" });

const listedOrigins = cors({
  ...CORS,
  origin: (origin, c: HttpContext) => (isAllowed(c, origin) ? origin : null),
});

const isAllowed = (c: HttpContext, origin: string): boolean => {
  const { allowedOrigins } = c.var.services;
  return allowedOrigins === undefined || allowedOrigins.has(origin);
};
