import { Hono } from "hono";
import { restate } from "../app/views/restate.ts";
import { MAX_BODY_BYTES } from "../core/limits.ts";
import { ContentParam, RestateBody } from "../protocol/requests.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { problem } from "./problem.ts";
import { parse, readBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** Numbers brought to a value by an operator; behind the admin key. */
export const adminRestate = new Hono<HttpEnv>();

adminRestate.post("/v1/admin/contents/:id/restate", async (c) => {
  const { log, restate: deps } = c.get("services");
  const id = parse(ContentParam, c.req.param("id"));
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, RestateBody);
  const result = await orUnsaved(restate(signed(c, deps), { ...body, id }), log);
  if (result.status !== "restated") return problem(result.status);
  const { content, before, after } = result;
  return answerJson({ content, before, after }, 200, NO_STORE);
});
