import { Hono } from "hono";
import { LiveRankingQuery, ViewRankingQuery } from "../protocol/requests-rankings.ts";
import { answerJson, cached, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse } from "./read-body.ts";

export const rankings = new Hono<HttpEnv>();

rankings.get("/v1/rankings/live", async (c) => {
  const { rankings: reader } = c.get("services");
  const { category, limit, consistency } = parse(LiveRankingQuery, c.req.queries());
  if (consistency === undefined) return answer(await reader.read(limit, category));
  const read = await reader.readStrong(limit, category);
  switch (read.status) {
    case "read":
      return answerJson(read.ranking, 200, NO_STORE);
    case "no-registry":
      return problem("registry-unavailable", { headers: { "Retry-After": "2" } });
    case "no-list":
      return unavailable();
  }
});

rankings.get("/v1/rankings/views", async (c) => {
  const { viewRankings: reader } = c.get("services");
  const { consistency, ...asked } = parse(ViewRankingQuery, c.req.queries());
  if (consistency === undefined) return answer(await reader.read(asked));
  const ranking = await reader.readStrong(asked);
  return ranking === undefined ? unavailable() : answerJson(ranking, 200, NO_STORE);
});

interface Read {
  readonly ranking: object;
  readonly maxAgeSeconds: number;
}

const answer = ({ ranking, maxAgeSeconds }: Read): Response =>
  answerJson(ranking, 200, cached(maxAgeSeconds));

const unavailable = (): Response =>
  problem("rankings-unavailable", { headers: { "Retry-After": "1" } });
