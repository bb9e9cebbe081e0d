import { type Context, Hono } from "hono";
import type { InferOutput } from "valibot";
import type { HistorySubject } from "../app/live/history-rows.ts";
import type { HistoryRead } from "../app/live/read-history.ts";
import type { RangeRead } from "../app/views/range-answers.ts";
import {
  ContentParam,
  HistoryQuery,
  IdParam,
  RegionsQuery,
  StatsQuery,
  StreamParam,
} from "../protocol/requests.ts";
import { answerJson, cached } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse } from "./read-body.ts";

export const stats = new Hono<HttpEnv>();

stats.get("/v1/stats/contents/:id", async (c) => {
  const { consistency, ...query } = parse(StatsQuery, c.req.queries());
  const content = parse(ContentParam, c.req.param("id"));
  const { stats: reader } = c.get("services");
  const asked = { content, ...query };
  return answer(await (consistency ? reader.readStrong(asked) : reader.read(asked)));
});

stats.get("/v1/stats/contents/:id/regions", async (c) => {
  const { consistency, ...days } = parse(RegionsQuery, c.req.queries());
  const content = parse(ContentParam, c.req.param("id"));
  const { regions } = c.get("services");
  const asked = { content, ...days };
  return answer(await (consistency ? regions.readStrong(asked) : regions.read(asked)));
});

stats.get("/v1/stats/streams/:id/history", async (c) => {
  const query = parse(HistoryQuery, c.req.queries());
  const id = parse(StreamParam, c.req.param("id"));
  const read = await readHistory(c, { kind: "stream", id }, query);
  return read.status === "unknown" ? problem("unknown-stream") : answer(read);
});

stats.get("/v1/stats/broadcasters/:id/history", async (c) => {
  const query = parse(HistoryQuery, c.req.queries());
  const id = parse(IdParam, c.req.param("id"));
  const read = await readHistory(c, { kind: "broadcaster", id }, query);
  return read.status === "unknown" ? problem("broadcaster-not-found") : answer(read);
});

const readHistory = (
  c: Context<HttpEnv>,
  subject: HistorySubject,
  { consistency, ...query }: InferOutput<typeof HistoryQuery>,
): Promise<HistoryRead> => {
  const { histories } = c.get("services");
  return consistency ? histories.readStrong(subject, query) : histories.read(subject, query);
};

type Answerable = RangeRead<object> | Exclude<HistoryRead, { readonly status: "unknown" }>;

const answer = (read: Answerable): Response => {
  switch (read.status) {
    case "read": {
      const body = "stats" in read ? read.stats : read.history;
      return answerJson(body, 200, cached(read.maxAgeSeconds));
    }
    case "refused":
      return problem(read.code, { detail: read.detail, ...(read.extra && { extra: read.extra }) });
    case "unavailable":
      return problem("statistics-unavailable", { headers: { "Retry-After": "5" } });
  }
};
