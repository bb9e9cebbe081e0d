import { Hono } from "hono";
import { noteOrder } from "../app/note-order.ts";
import { orderCorrection } from "../app/views/correct.ts";
import { inShardOrder, type ShardTold } from "../app/views/every-shard.ts";
import { readCorrections } from "../app/views/read-corrections.ts";
import { rebuild } from "../app/views/rebuild.ts";
import { CORRECTIONS_DEFAULT_RUNS, MAX_BODY_BYTES, RAW_RETENTION_MS } from "../core/limits.ts";
import { formatHour } from "../core/views/hour-text.ts";
import { hourOf } from "../core/views/ledger.ts";
import type { CorrectionRun } from "../ports/correction-tables.ts";
import type { Log } from "../ports/log.ts";
import { CorrectBody, CorrectionsQuery, RebuildBody } from "../protocol/requests.ts";
import { shownRun } from "./admin-run.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { problem, Refusal } from "./problem.ts";
import { parse, readBody, readOptionalBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** Finding hours anew from the raw log, and what came of it; behind the admin key. */
export const adminCorrection = new Hono<HttpEnv>();

adminCorrection.post("/v1/admin/correct", async (c) => {
  const { clock, correct, orders, log } = c.get("services");
  const hours = await readOptionalBody(c.req.raw, MAX_BODY_BYTES, CorrectBody);
  if (hours === undefined) {
    await noteOrder(signed(c, orders), { order: "correct" });
    return answerOrder(inShardOrder(await orderCorrection(correct, { kind: "due" })), log);
  }
  const now = clock.now();
  checkEarliest(hours.from, now);
  if (hours.to > now) throw new Refusal("hours-not-over", { detail: `now is ${isoOf(now)}` });
  const what = { from: isoOf(hours.from), to: isoOf(hours.to) };
  await noteOrder(signed(c, orders), { order: "correct", what });
  const order = { kind: "hours", ...hours, reason: "manual" } as const;
  return answerOrder(inShardOrder(await orderCorrection(correct, order)), log);
});

adminCorrection.post("/v1/admin/rebuild", async (c) => {
  const { clock, log, orders, rebuild: deps } = c.get("services");
  const { from } = await readBody(c.req.raw, MAX_BODY_BYTES, RebuildBody);
  const now = clock.now();
  checkEarliest(from, now);
  if (from > now) throw new Refusal("hours-not-over", { detail: `now is ${isoOf(now)}` });
  await noteOrder(signed(c, orders), { order: "rebuild", what: { from: isoOf(from) } });
  return answerOrder(inShardOrder(await rebuild(deps, from)), log);
});

adminCorrection.get("/v1/admin/corrections", async (c) => {
  const { corrections, log } = c.get("services");
  const { limit = CORRECTIONS_DEFAULT_RUNS, before } = parse(CorrectionsQuery, c.req.queries());
  try {
    const { runs, next } = await readCorrections(corrections, { limit, before });
    return answerJson({ corrections: runs.map(shownCorrection), next }, 200, NO_STORE);
  } catch (cause) {
    log.error("corrections.unread", { cause: `${cause}` });
    return problem("corrections-unavailable", { headers: { "Retry-After": "2" } });
  }
});

/**
 * What is older than raw retention is in no log any more, and closed by the next night. So no order is longer either.
 * @throws Refusal
 */
const checkEarliest = (from: number, now: number): void => {
  const earliest = formatHour(hourOf(now - RAW_RETENTION_MS));
  if (from >= hourOf(now - RAW_RETENTION_MS)) return;
  throw new Refusal("hours-closed", {
    detail: `the earliest hour that can be corrected is ${earliest}`,
    extra: { earliest },
  });
};

const isoOf = (at: number): string => new Date(at).toISOString();

/** Taken by some it is an order; the rest is named. */
const answerOrder = (shards: readonly ShardTold<object>[], log: Log): Response => {
  for (const shard of shards) {
    if ("failed" in shard) log.error("correct.shard-failed", { ...shard });
  }
  if (shards.some((shard) => !("failed" in shard))) return answerJson({ shards }, 202, NO_STORE);
  return problem("correctors-unavailable", { extra: { shards }, headers: { "Retry-After": "5" } });
};

/** The hour also as `POST /v1/admin/correct` takes it. */
const shownCorrection = (run: CorrectionRun) => ({
  ...shownRun(run),
  hourUtc: formatHour(run.hour),
});
