import type { Next } from "hono";
import { claimRequest, settleRequest, whileHeld } from "../app/repeats.ts";
import { MAX_EVENTS_BODY_BYTES } from "../core/limits.ts";
import type { Held, KeptAnswer } from "../ports/idempotency.ts";
import { parseIdempotencyKey } from "../protocol/idempotency-key.ts";
import { NO_STORE } from "./answer.ts";
import { bodyBytes } from "./body-bytes.ts";
import type { HttpContext } from "./context.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { problem } from "./problem.ts";
import { routeOf } from "./route-of.ts";

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07) of whoever is behind the door: a request that comes
 * again is not done again. Without the header nothing is looked up.
 */
export const repeatable = async (c: HttpContext, next: Next): Promise<Response | undefined> => {
  const given = c.req.header("Idempotency-Key");
  const route = routeOf(c.req.method, c.req.path);
  if (given === undefined || route === undefined || route.method === "GET") {
    await next();
    return undefined;
  }
  const key = parseIdempotencyKey(given);
  if (key === undefined) return problem("invalid-idempotency-key");
  const { repeats, log } = c.get("services");
  const { held, outcome } = await orUnsaved(claimRequest(repeats, await requestOf(c, key)), log);
  switch (outcome.status) {
    case "done":
      return replayed(outcome.answer);
    case "in-progress":
      return problem("request-in-progress", { headers: { "Retry-After": "2" } });
    case "other-request":
      return problem("idempotency-key-reused");
    case "claimed": {
      const work = whileHeld(repeats, held, answerOnce(c, next, held));
      // Who hangs up has it done all the same, and is told when he comes again.
      c.executionCtx.waitUntil(work.catch(() => undefined));
      await work;
      return undefined;
    }
  }
};

/** Reads the body, and leaves it to be read again. */
const requestOf = async (c: HttpContext, key: string) => {
  const { method, raw } = c.req;
  const body = await bodyBytes(raw, MAX_EVENTS_BODY_BYTES);
  if (raw.body !== null) c.req.raw = new Request(raw, { body });
  const { pathname, search } = new URL(raw.url);
  const { actor } = c.get("caller");
  return { key, actor, method, target: pathname + search, path: decoded(pathname), body };
};

const answerOnce = async (c: HttpContext, next: Next, held: Held): Promise<void> => {
  const { repeats } = c.get("services");
  try {
    await next();
  } catch (cause) {
    await settleRequest(repeats, held, undefined);
    throw cause;
  }
  await settleRequest(repeats, held, await answerOf(c.res));
};

const answerOf = async (answer: Response): Promise<KeptAnswer> => ({
  status: answer.status,
  type: answer.headers.get("Content-Type") ?? "",
  body: await answer.clone().text(),
});

const replayed = ({ status, type, body }: KeptAnswer): Response =>
  new Response(body, {
    status,
    headers: { "Content-Type": type, ...NO_STORE, "Idempotency-Replayed": "true" },
  });

/** As the router reads it; what is no text is nobody's path. */
const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};
