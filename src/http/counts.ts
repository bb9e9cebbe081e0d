import { Hono } from "hono";
import type { ContentId } from "../core/ids.ts";
import { Consistency, ContentList } from "../protocol/requests.ts";
import { answerJson } from "./answer.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { parse } from "./read-body.ts";

export const counts = new Hono<HttpEnv>();

counts.get("/v1/counts", (c) => {
  const contents = parse(ContentList, c.req.queries("content") ?? []);
  return answer(c, [...new Set(contents)], (read) => ({ counts: read }));
});

counts.get("/v1/counts/:content", (c) =>
  answer(c, parse(ContentList, [c.req.param("content")]), ([count]) => count),
);

const answer = async <T>(
  c: HttpContext,
  contents: readonly ContentId[],
  shape: (counts: readonly object[]) => T,
): Promise<Response> => {
  const strong = parse(Consistency, c.req.query("consistency")) === "strong";
  const { counts: reader, log } = c.get("services");
  try {
    const read = await reader.read(contents, strong);
    return answerJson(shape(read.counts), 200, {
      "Cache-Control": strong
        ? "no-store"
        : `public, max-age=${read.maxAgeSeconds}, stale-while-revalidate=${read.maxAgeSeconds}`,
    });
  } catch (cause) {
    log.error("counts.unavailable", { contents: contents.length, cause: `${cause}` });
    return problem("counts-unavailable", { headers: { "Retry-After": "1" } });
  }
};
