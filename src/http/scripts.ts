import { Hono } from "hono";
import { etag, RETAINED_304_HEADERS } from "hono/etag";
import debug from "../../dist/headcount.debug.js.txt";
import sdk from "../../dist/headcount.js.txt";
import live from "../../dist/headcount-live.js.txt";
import type { HttpEnv } from "./context.ts";

/** Scripts for pages of any origin; they hold nothing that depends on who asks. */
const HEADERS = {
  "Content-Type": "text/javascript; charset=utf-8",
  "Cache-Control": "public, max-age=3600",
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "X-Content-Type-Options": "nosniff",
};

const revalidate = etag({
  retainedHeaders: [...RETAINED_304_HEADERS, "access-control-allow-origin"],
});

export const scripts = new Hono<HttpEnv>();

scripts.get("/headcount.js", revalidate, (c) => c.body(sdk, 200, HEADERS));
scripts.get("/headcount-live.js", revalidate, (c) => c.body(live, 200, HEADERS));
scripts.get("/headcount.debug.js", revalidate, (c) => c.body(debug, 200, HEADERS));
