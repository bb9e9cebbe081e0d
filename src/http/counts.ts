import { Hono } from "hono";
import type { ContentId } from "../core/ids.ts";
import { ContentList, CountsQuery, NumbersQuery } from "../protocol/requests.ts";
import { answerJson, cached, NO_STORE } from "./answer.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse } from "./read-body.ts";

export const counts = new Hono<HttpEnv>();

counts.get("/v1/counts", async (c) => {
  const { content, consistency } = parse(CountsQuery, c.req.queries());
  return answer(c, [...new Set(content)], consistency !== undefined, (read) => ({ counts: read }));
});

counts.get("/v1/counts/:content", async (c) => {
  const { consistency } = parse(NumbersQuery, c.req.queries());
  const contents = parse(ContentList, [c.req.param("content")]);
  return answer(c, contents, consistency !== undefined, ([count]) => count);
});

const answer = async (
  c: HttpContext,
  contents: readonly ContentId[],
  strong: boolean,
  shape: (counts: readonly object[]) => object | undefined,
): Promise<Response> => {
  const { counts: reader } = c.get("services");
  if (strong) {
    const exact = await reader.readStrong(contents);
    return exact === undefined
      ? problem("counts-unavailable", { headers: { "Retry-After": "1" } })
      : answerJson(shape(exact), 200, NO_STORE);
  }
  const { counts: read, maxAgeSeconds } = await reader.read(contents, (work) =>
    c.executionCtx.waitUntil(work),
  );
  return answerJson(shape(read), 200, cached(maxAgeSeconds));
};
