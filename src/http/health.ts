import { Hono } from "hono";
import type { ConfigProblem } from "../env.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem } from "./problem.ts";

export const health = new Hono<HttpEnv>();

/**
 * Ready: views can be opened (salts) and counted (a Tally answers). That a store for readers is away is told, and takes
 * nobody out of service: readers are answered from elsewhere.
 */
health.get("/readyz", async (c) => {
  const { salts, tallies, clock, backends } = c.get("services");
  const parts = { salts: salts.around(clock.now()), tallies: tallies.counts(0, []) };
  const outcomes = await Promise.allSettled(Object.values(parts));
  const failed = Object.keys(parts).filter((_, index) => outcomes[index]?.status === "rejected");
  return failed.length === 0
    ? answerJson({ status: "ready", breakers: backends.states() }, 200, NO_STORE)
    : problem("not-ready", { extra: { failed } });
});

export const misconfigured = (problems: readonly ConfigProblem[]): Response =>
  problem("misconfigured", { extra: { problems } });
