import { Hono } from "hono";
import { type ConfirmResult, confirm } from "../app/views/confirm.ts";

import { type MintResult, mint } from "../app/views/mint.ts";
import type { ContentId } from "../core/ids.ts";
import {
  CAP_LIFE_MS,
  MAX_BATCH_BODY_BYTES,
  MAX_BODY_BYTES,
  MAX_WAIT_SECONDS,
} from "../core/limits.ts";
import type { Page } from "../ports/database.ts";
import { contentOfUrl } from "../protocol/content-of-url.ts";
import type { ProblemCode } from "../protocol/problems.ts";
import { PROBLEMS } from "../protocol/problems.ts";
import { ConfirmBody, ConfirmQuery, MintBody } from "../protocol/requests.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { problem, Refusal } from "./problem.ts";
import { parse, readBody } from "./read-body.ts";
import { addressOf, coloOf, visitOf } from "./visit.ts";

export const views = new Hono<HttpEnv>();

views.post("/v1/views", async (c) => {
  const { content, url, client } = await readBody(c.req.raw, MAX_BODY_BYTES, MintBody);
  const { mint: deps } = c.get("services");
  const known = content ?? (await contentOfUrl(url ?? ""));
  if (known === undefined) throw new Refusal("invalid-request", { detail: "url: http or https" });
  const from = { colo: coloOf(c.req.raw), visit: visitOf(c.req.raw) };
  const minted = await mint(deps, { content: known, client, ...from });
  if (minted.status === "too-many") return problem("too-many-requests", retryAfter(60));
  if (minted.status === "too-many-contents") return tooManyContents(minted);
  if (minted.status === "unknown-content") return problem("unknown-content");
  if (minted.status === "no-registry") return problem("registry-unavailable", retryAfter(2));
  if (minted.status === "no-salt") return problem("salt-unavailable", retryAfter(2));
  const { token, eventId, verdict, confirmAfterMs, expiresAt } = minted;
  const dropped = verdict === "countable" ? {} : { "X-Headcount-Dropped": verdict };
  const body = { token, eventId, content: known, confirmAfterMs, expiresAt };
  return answerJson(body, 202, { ...NO_STORE, ...dropped });
});

/** The limit that was met, in the fields of draft-ietf-httpapi-ratelimit-headers. */
const tooManyContents = ({ cap, freeInMs }: Extract<MintResult, { cap: number }>): Response => {
  const window = CAP_LIFE_MS / 1_000;
  const seconds = Math.min(window, Math.max(1, Math.ceil(freeInMs / 1_000)));
  return problem("too-many-contents", {
    headers: {
      ...retryAfter(seconds).headers,
      "RateLimit-Policy": `"new-contents";q=${cap};w=${window}`,
      RateLimit: `"new-contents";r=0;t=${seconds}`,
    },
  });
};

views.post("/v1/views/confirm", async (c) => {
  const wait = waitOf(c);
  const body = await readBody(c.req.raw, MAX_BATCH_BODY_BYTES, ConfirmBody);
  const tokens = "tokens" in body ? body.tokens : [body.token];
  const results = await confirm(c.get("services").confirm, {
    tokens,
    address: addressOf(c.req.raw),
    colo: coloOf(c.req.raw),
    waitMs: wait && wait.seconds * 1_000,
    background: (work) => c.executionCtx.waitUntil(work),
  });
  const headers = wait?.preferred
    ? { ...NO_STORE, "Preference-Applied": `wait=${wait.seconds}` }
    : NO_STORE;
  if ("tokens" in body) return answerMany(results, headers);
  const [result] = results;
  if (result?.status === "confirmed") introduce(c, result.viewed, body.page);
  return result === undefined ? problem("internal") : answerOne(result, headers);
});

/** Only pages of allowed origins are believed, by the URL they name as by the header. */
const introduce = (
  c: HttpContext,
  content: ContentId | undefined,
  page: Page | undefined,
): void => {
  const { introduce: save, allowedOrigins } = c.get("services");
  if (save === undefined || content === undefined || page === undefined) return;
  const origin = page.url === undefined ? c.req.header("Origin") : new URL(page.url).origin;
  if (allowedOrigins !== undefined && !allowedOrigins.has(origin ?? "")) return;
  c.executionCtx.waitUntil(save(content, page));
};

/** One token: the status is the answer. */
const answerOne = (result: ConfirmResult, headers: Record<string, string>) => {
  if (result.status === "confirmed") {
    return answerJson({ ack: result.ack, eventId: result.eventId }, 202, headers);
  }
  const { code, extra } = refusalOf(result);
  return problem(code, { extra, headers: { ...headers, ...retryHeader(result) } });
};

/** Many tokens: an answer each; 503 as a whole when some are not known to be durable, since they should come again. */
const answerMany = (results: readonly ConfirmResult[], headers: Record<string, string>) => {
  const answers = results.map((result) => {
    if (result.status === "confirmed") {
      return { status: 202, ack: result.ack, eventId: result.eventId };
    }
    const { code, extra } = refusalOf(result);
    return { status: PROBLEMS[code].status, code, ...extra };
  });
  const lost = results.some(({ status }) => status === "unavailable");
  if (!lost) return answerJson({ results: answers }, 200, headers);
  return problem("not-durable", {
    extra: { results: answers },
    headers: { ...headers, ...retryAfter(1).headers },
  });
};

type Refused = Exclude<ConfirmResult, { status: "confirmed" }>;

const refusalOf = (
  result: Refused,
): { readonly code: ProblemCode; readonly extra: Record<string, unknown> } => {
  switch (result.status) {
    case "early":
      return { code: "token-early", extra: { retryAfterMs: result.retryAfterMs } };
    case "expired":
      return { code: "token-expired", extra: {} };
    case "forged":
      return { code: "token-forged", extra: {} };
    case "unavailable":
      return { code: "not-durable", extra: { eventId: result.eventId } };
  }
};

const retryHeader = (result: Refused): Record<string, string> => {
  if (result.status === "early") return retryAfter(Math.ceil(result.retryAfterMs / 1_000)).headers;
  return result.status === "unavailable" ? retryAfter(1).headers : {};
};

const retryAfter = (seconds: number) => ({ headers: { "Retry-After": `${seconds}` } });

interface Wait {
  readonly seconds: number;
  /** Asked for as a preference, which the answer has to acknowledge. */
  readonly preferred: boolean;
}

/** `?wait=2`, or `Prefer: wait=2` from who can send headers; a preference is met as far as it can be (RFC 7240). */
const waitOf = (c: HttpContext): Wait | undefined => {
  const { wait } = parse(ConfirmQuery, c.req.queries());
  if (wait !== undefined) return { seconds: wait, preferred: false };
  const wished = Number(/(?:^|[\s,])wait=(\d+)/.exec(c.req.header("Prefer") ?? "")?.[1] ?? 0);
  return wished > 0 ? { seconds: Math.min(wished, MAX_WAIT_SECONDS), preferred: true } : undefined;
};
