import { Hono } from "hono";
import { type SentEvent, type TakeEventsDeps, takeEvents } from "../app/views/take-events.ts";
import { MAX_EVENTS_BODY_BYTES } from "../core/limits.ts";
import { EventsBody } from "../protocol/requests-events.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";
import { readBody } from "./read-body.ts";
import { coloOf } from "./visit.ts";

/** Views of which a site's own back end tells. */
export const events = new Hono<HttpEnv>();

events.post("/v1/events", async (c) =>
  answerEvents(c, c.get("services").events, await readEvents(c)),
);

/** @throws Refusal */
export const readEvents = async (c: HttpContext): Promise<readonly SentEvent[]> =>
  (await readBody(c.req.raw, MAX_EVENTS_BODY_BYTES, EventsBody)).events;

export const answerEvents = async (
  c: HttpContext,
  deps: TakeEventsDeps,
  given: readonly SentEvent[],
): Promise<Response> => {
  const result = await takeEvents(deps, given, {
    colo: coloOf(c.req.raw),
    background: (work) => c.executionCtx.waitUntil(work),
  });
  switch (result.status) {
    case "taken":
      return answerJson({ events: result.events }, 200, NO_STORE);
    case "no-salt":
      return problem("salt-unavailable", retryAfter(2));
    case "no-registry":
      return problem("registry-unavailable", retryAfter(2));
    case "not-durable":
      return problem("not-durable", retryAfter(1));
  }
};

const retryAfter = (seconds: number) => ({ headers: { "Retry-After": `${seconds}` } });
