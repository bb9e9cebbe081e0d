import { Hono } from "hono";
import type { StatsRead } from "../app/views/read-stats.ts";
import { ContentParam, StatsQuery } from "../protocol/requests.ts";
import { answerJson, cached } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse } from "./read-body.ts";

export const stats = new Hono<HttpEnv>();

stats.get("/v1/stats/contents/:id", async (c) => {
  const query = parse(StatsQuery, c.req.queries());
  const content = parse(ContentParam, c.req.param("id"));
  return answer(await c.get("services").stats.read({ content, ...query }));
});

const answer = (read: StatsRead): Response => {
  switch (read.status) {
    case "read":
      return answerJson(read.stats, 200, cached(read.maxAgeSeconds));
    case "refused":
      return problem(read.code, { detail: read.detail, ...(read.extra && { extra: read.extra }) });
    case "unavailable":
      return problem("statistics-unavailable", { headers: { "Retry-After": "5" } });
  }
};
