import { Hono } from "hono";
import { dismissSuspicion, excludeSuspicion, readSuspicions } from "../app/views/suspicions.ts";
import { MAX_BODY_BYTES, SUSPICIONS_DEFAULT } from "../core/limits.ts";
import type { Suspicion } from "../ports/suspicion-tables.ts";
import { IdParam } from "../protocol/requests.ts";
import { DecisionBody, SuspicionsQuery } from "../protocol/requests-suspicions.ts";
import { answerDecided } from "./admin-exclusions.ts";
import { shownRun } from "./admin-run.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { problem } from "./problem.ts";
import { parse, readOptionalBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** What looks like tampering, and what operators say to it; behind the admin key. */
export const adminSuspicions = new Hono<HttpEnv>();

adminSuspicions.get("/v1/admin/suspicions", async (c) => {
  const { log, suspicions } = c.get("services");
  const { limit = SUSPICIONS_DEFAULT, ...rest } = parse(SuspicionsQuery, c.req.queries());
  try {
    const { rows, next } = await readSuspicions(suspicions, { limit, ...rest });
    return answerJson({ suspicions: rows.map(shownSuspicion), next }, 200, NO_STORE);
  } catch (cause) {
    log.error("suspicions.unread", { cause: `${cause}` });
    return problem("verdicts-unavailable", { headers: { "Retry-After": "2" } });
  }
});

adminSuspicions.post("/v1/admin/suspicions/:id/exclude", async (c) => {
  const { log, suspicions } = c.get("services");
  const id = parse(IdParam, c.req.param("id"));
  const { reason } = await readOptionalBody(c.req.raw, MAX_BODY_BYTES, DecisionBody);
  const result = await orUnsaved(excludeSuspicion(signed(c, suspicions), { id, reason }), log);
  if (result.status !== "excluded") return problem(result.status, extraOf(result));
  const extra = { suspicion: shownSuspicion(result.suspicion) };
  return answerDecided(result.decided, { status: 200, mayFall: true, log, extra });
});

adminSuspicions.post("/v1/admin/suspicions/:id/dismiss", async (c) => {
  const { log, suspicions } = c.get("services");
  const id = parse(IdParam, c.req.param("id"));
  const { reason } = await readOptionalBody(c.req.raw, MAX_BODY_BYTES, DecisionBody);
  const result = await orUnsaved(dismissSuspicion(signed(c, suspicions), { id, reason }), log);
  if (result.status !== "dismissed") return problem(result.status, extraOf(result));
  const { shards } = result;
  const told = { suspicion: shownSuspicion(result.suspicion), correction: { shards } };
  const failed = shards.filter((shard) => "failed" in shard);
  for (const shard of failed) log.error("suspicion.shard-failed", { ...shard });
  if (failed.length === 0) return answerJson(told, 200, NO_STORE);
  return problem("correctors-unavailable", { extra: told, headers: { "Retry-After": "5" } });
});

const extraOf = (result: { readonly suspicion?: Suspicion | undefined }) =>
  result.suspicion && { extra: { suspicion: shownSuspicion(result.suspicion) } };

/** Times as requests have them. */
const shownSuspicion = (suspicion: Suspicion) => {
  const { content, raisedAt, fromAt, toAt, detail, decided, ...rest } = shownRun(suspicion);
  return {
    ...rest,
    // Absent: over contents.
    content: content === "" ? undefined : content,
    raisedAt: isoOf(raisedAt),
    from: isoOf(fromAt),
    to: isoOf(toAt),
    ...Object(detail),
    decided: decided && { at: isoOf(decided.at), by: decided.by },
  };
};

const isoOf = (at: number): string => new Date(at).toISOString();
