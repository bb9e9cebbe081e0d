import { Hono } from "hono";
import type { HttpEnv } from "./context.ts";
import page from "./demo.html";

export const demo = new Hono<HttpEnv>();

demo.get("/demo", (c) => c.html(page, 200, { "Cache-Control": "public, max-age=60" }));
