/** Limits of requests, as routes ask for them and clients are told. */
import type { Next } from "hono";
import type { Ruling, Unlimited } from "../app/limits/limiter.ts";
import type { ProblemCode } from "../protocol/problems.ts";
import type { HttpContext } from "./context.ts";
import { problem } from "./problem.ts";
import { sourceOf } from "./visit.ts";

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

/** What clients are told of a limit, whatever kind it is. */
interface Told extends Pick<Ruling, "quota" | "left" | "freesMs"> {
  readonly policy: string;
}

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), one member for each policy that applied. */
export const limitHeaders = (
  ...rulings: readonly (Told | Unlimited)[]
): Readonly<Record<string, string>> => {
  const told = rulings.filter((ruling) => ruling !== undefined);
  if (told.length === 0) return {};
  const policies = told.map(
    ({ policy, quota }) => `"${policy}";q=${quota.limit};w=${seconds(quota.windowMs)}`,
  );
  const states = told.map(
    ({ policy, left, freesMs }) => `"${policy}";r=${left};t=${seconds(freesMs)}`,
  );
  return { "RateLimit-Policy": policies.join(", "), RateLimit: states.join(", ") };
};

/** What says when to come again. */
export const refusalHeaders = (ruling: Told): Readonly<Record<string, string>> => ({
  "Retry-After": `${seconds(ruling.freesMs)}`,
  ...limitHeaders(ruling),
});

/** @returns the refusal; nothing when it was let through */
export const refusedBy = (ruling: Ruling | Unlimited, code: ProblemCode): Response | undefined =>
  ruling === undefined || ruling.allowed
    ? undefined
    : problem(code, { headers: refusalHeaders(ruling) });

/** In front of what is read without a key. Of an answer nothing is told: caches would tell it to others. */
export const limitReads = async (c: HttpContext, next: Next): Promise<Response | undefined> => {
  const ruling = await c.get("services").limiter.network("read", sourceOf(c.req.raw));
  const refused = refusedBy(ruling, "too-many-reads");
  if (refused === undefined) await next();
  return refused;
};
