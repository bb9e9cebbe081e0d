import { Hono } from "hono";
import { type Decided, putExclusion, revokeExclusion } from "../app/views/exclusions.ts";
import { readExclusions } from "../app/views/read-exclusions.ts";
import { EXCLUSIONS_DEFAULT_LIMIT, MAX_BODY_BYTES } from "../core/limits.ts";
import { formatHour } from "../core/views/hour-text.ts";
import type { ExclusionRecord } from "../ports/correction-tables.ts";
import type { Log } from "../ports/log.ts";
import { IdParam } from "../protocol/requests.ts";
import { ExclusionBody, ExclusionsQuery, RevokeBody } from "../protocol/requests-verdicts.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { problem } from "./problem.ts";
import { parse, readBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** Events that are left out of the count, or taken into it, and all of that taken back; behind the admin key. */
export const adminExclusions = new Hono<HttpEnv>();

adminExclusions.post("/v1/admin/exclusions", async (c) => {
  const { log, exclusions } = c.get("services");
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, ExclusionBody);
  const decided = await orUnsaved(putExclusion(signed(c, exclusions), body), log);
  const mayFall = decided.record.effect === "exclude";
  return answerDecided(decided, { status: decided.isNew ? 201 : 200, mayFall, log });
});

adminExclusions.delete("/v1/admin/exclusions/:id", async (c) => {
  const { log, exclusions } = c.get("services");
  const id = parse(IdParam, c.req.param("id"));
  const { reason } = await readBody(c.req.raw, MAX_BODY_BYTES, RevokeBody);
  const decided = await orUnsaved(revokeExclusion(signed(c, exclusions), id, reason), log);
  if (decided === undefined) return problem("unknown-exclusion");
  const mayFall = decided.record.effect === "reinstate";
  return answerDecided(decided, { status: 200, mayFall, log });
});

adminExclusions.get("/v1/admin/exclusions", async (c) => {
  const { log, exclusions } = c.get("services");
  const { limit = EXCLUSIONS_DEFAULT_LIMIT, before } = parse(ExclusionsQuery, c.req.queries());
  try {
    const { rows, next } = await readExclusions(exclusions.exclusions, { limit, before });
    return answerJson({ exclusions: rows.map(shownExclusion), next }, 200, NO_STORE);
  } catch (cause) {
    log.error("exclusions.unread", { cause: `${cause}` });
    return problem("verdicts-unavailable", { headers: { "Retry-After": "2" } });
  }
});

/** What nobody expects who sees a cell fall and the number of the page stay. */
const HELD =
  "Cells, statistics and the rankings of the day, week and month fall with the correction. The total that readers are told never falls by itself: it stays until the count has caught up, or until POST /v1/admin/contents/<content>/restate brings it down.";

interface Answering {
  readonly status: 200 | 201;
  /** Numbers may become smaller by it. */
  readonly mayFall: boolean;
  readonly log: Log;
  /** What else there is to say. */
  readonly extra?: object;
}

/** The decision stands in any case; an order that some shard did not take is refused, since its hours would stay. */
export const answerDecided = (decided: Decided, answering: Answering): Response => {
  const { status, mayFall, log, extra } = answering;
  const told = { ...extra, ...shownDecided(decided) };
  const failed = decided.shards.filter((shard) => "failed" in shard);
  for (const shard of failed) log.error("exclusion.shard-failed", { ...shard });
  if (failed.length > 0) {
    return problem("correctors-unavailable", { extra: told, headers: { "Retry-After": "5" } });
  }
  return answerJson({ ...told, ...(mayFall && { published: HELD }) }, status, NO_STORE);
};

/** What is told of a decision whoever made it. */
export const shownDecided = ({ record, hours, shards }: Decided) => {
  const { correctable, goneBefore, goesOn } = hours;
  return {
    exclusion: shownExclusion(record),
    correction: {
      ordered: correctable && {
        from: formatHour(correctable.from),
        to: formatHour(correctable.to),
        shards,
      },
      /** Hours before it are not corrected: their events are kept no more. */
      notBefore: goneBefore === undefined ? undefined : formatHour(goneBefore),
      /** Hours under way and to come are judged so in their turn. */
      goesOn,
    },
  };
};

/** Times as requests have them. */
const shownExclusion = ({ fromAt, toAt, ...record }: ExclusionRecord) => ({
  ...record,
  from: new Date(fromAt).toISOString(),
  to: toAt === undefined ? undefined : new Date(toAt).toISOString(),
});
