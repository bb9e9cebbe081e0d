import { Hono } from "hono";
import type { StrongStreamRead } from "../app/live/read-stream.ts";
import { NumbersQuery, StreamParam } from "../protocol/requests.ts";
import { answerJson, cached } from "./answer.ts";
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
