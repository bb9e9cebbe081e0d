import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { composeWorker } from "../../../src/compose.ts";
import type { UncheckedEnv } from "../../../src/env.ts";
import { makeApp } from "../../../src/http/app.ts";
import type { Composed, Services } from "../../../src/services.ts";

/**
 * Here the app runs in the test's own request context, so that requests may be parallel: the test runner switches off
 * the promise resolution across requests (`no_handle_cross_request_promise_resolution`) that grouping stands on.
 * Requests in contexts of their own, and in parallel, are for `test/dev/lane.test.ts` on a workerd without the runner.
 */
export type Fetch = (request: Request) => Promise<Response>;

const serve = (composed: Composed, changed: UncheckedEnv): Fetch => {
  const app = makeApp(() => composed);
  return async (request) => app.fetch(request, changed, createExecutionContext());
};

/** The Worker as it would be with other bindings and variables. */
export const workerWith = (changes: Partial<UncheckedEnv>): Fetch => {
  const changed: UncheckedEnv = { ...env, ...changes };
  return serve(composeWorker(changed), changed);
};

/** The Worker with a variable or secret that nobody set. */
export const workerWithout = (variable: keyof UncheckedEnv): Fetch => {
  const changed: UncheckedEnv = { ...env };
  Reflect.deleteProperty(changed, variable);
  return serve(composeWorker(changed), changed);
};

/** The Worker with a part of it replaced by one that misbehaves. */
export const workerWithServices = (
  change: (services: Services) => Services,
  changes: Partial<UncheckedEnv> = {},
): Fetch => {
  const changed: UncheckedEnv = { ...env, ...changes };
  const composed = composeWorker(changed);
  if (composed.status === "refused") throw new Error("the tests are not configured");
  return serve({ status: "ready", services: change(composed.services) }, changed);
};
