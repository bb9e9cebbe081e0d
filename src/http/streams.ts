import { Hono } from "hono";
import type { StrongStreamRead } from "../app/live/read-stream.ts";
import { RANKING_DEFAULT_STREAMS } from "../core/limits.ts";
import { NumbersQuery, RankingQuery, StreamParam } from "../protocol/requests.ts";
import { answerJson, cached, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse } from "./read-body.ts";

export const streams = new Hono<HttpEnv>();

streams.get("/v1/streams/:id", async (c) => {
  const { streams: reader } = c.get("services");
  const { consistency } = parse(NumbersQuery, c.req.queries());
  const id = parse(StreamParam, c.req.param("id"));
  if (consistency === undefined) return answer(await reader.read(id));
  const read = await reader.readStrong(id);
  return answer(read.status === "read" ? { ...read, maxAgeSeconds: 0 } : read);
});

streams.get("/v1/rankings/live", async (c) => {
  const { rankings: reader } = c.get("services");
  const { category, limit, consistency } = parse(RankingQuery, c.req.queries());
  const asked = [limit?.[0] ?? RANKING_DEFAULT_STREAMS, category?.[0]] as const;
  if (consistency === undefined) {
    const { ranking, maxAgeSeconds } = await reader.read(...asked);
    return answerJson(ranking, 200, cached(maxAgeSeconds));
  }
  const read = await reader.readStrong(...asked);
  switch (read.status) {
    case "read":
      return answerJson(read.ranking, 200, NO_STORE);
    case "no-registry":
      return problem("registry-unavailable", { headers: { "Retry-After": "2" } });
    case "no-list":
      return problem("rankings-unavailable", { headers: { "Retry-After": "1" } });
  }
});

const answer = (read: StrongStreamRead): Response => {
  switch (read.status) {
    case "read":
      return answerJson(read.count, 200, cached(read.maxAgeSeconds));
    case "unknown-stream":
      return problem("unknown-stream");
    case "no-registry":
      return problem("registry-unavailable", { headers: { "Retry-After": "2" } });
    case "no-room":
      return problem("stream-unavailable", { headers: { "Retry-After": "1" } });
  }
};
