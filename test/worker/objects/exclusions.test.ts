import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../src/core/limits.ts";
import { formatHour } from "../../../src/core/views/hour-text.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import { auditLog } from "../../../src/schema/d1/operations.ts";
import { adminRequest, flush } from "../support/admin.ts";
import { get, send, viewsOf } from "../support/client.ts";
import { framesOfEvents, makeEvent, newVisitor } from "../support/events.ts";
import { collectorAt, drain, eventually } from "../support/objects.ts";

/** Two hours that are over. */
const FIRST = hourOf(Date.now()) - 3 * HOUR_MS;
const SECOND = FIRST + HOUR_MS;
const RANGE = { from: formatHour(FIRST), to: formatHour(SECOND + HOUR_MS) };

const correctorOf = (shard: number) => env.CORRECTORS.getByName(`corrector:${shard}`);

const untilAtRest = (shard: number): Promise<void> =>
  eventually("the corrector rests", async () => {
    await runDurableObjectAlarm(correctorOf(shard));
    const { waiting, running } = await correctorOf(shard).status();
    return waiting === 0 && running === undefined;
  });

const operate = async (method: string, path: string, body: object, status: number) => {
  const answer = await send(adminRequest(method, path, body));
  expect(answer.status).toBe(status);
  return answer.json<{ exclusion: { id: string } }>();
};

/** Readers' statistics of both hours, and what the database has of regions and uniques. */
const numbersOf = async (content: string) => {
  await flush();
  const query = `granularity=hour&from=${RANGE.from}&to=${RANGE.to}`;
  const answer = await get(`/v1/stats/contents/${content}?${query}`);
  const { total, periods } = await answer.json<{
    total: { views: number };
    periods: readonly { name: string; views: number }[];
  }>();
  const uniques = await env.DB.prepare("SELECT * FROM view_uniques WHERE content_id = ?")
    .bind(content)
    .all();
  const places = await get(`/v1/stats/contents/${content}/regions?consistency=strong`);
  const { countries } = await places.json<{ countries: readonly object[] }>();
  return {
    total: total.views,
    hours: periods.map(({ name, views }) => [name, views]),
    uniques: uniques.results.map(({ stamp, ...row }) => row),
    countries,
  };
};

test("a rule switched off, corrected, switched on, corrected, by HTTP: the first numbers again, and four published differences", async () => {
  const content = "switched";
  const view = (at: number, verdict: "bot" | "countable" = "countable", visitor = newVisitor()) =>
    makeEvent({ content, at, visitor, verdict });
  const events = [
    view(FIRST + 10 * MINUTE_MS),
    view(FIRST + 11 * MINUTE_MS, "bot"),
    view(FIRST + 12 * MINUTE_MS, "bot"),
    view(SECOND + 10 * MINUTE_MS),
    view(SECOND + 11 * MINUTE_MS, "bot"),
  ];
  const shard = events[0]?.shard ?? 0;
  await collectorAt("WCX").append(framesOfEvents(events));
  await drain(collectorAt("WCX"));
  await operate("POST", "correct", RANGE, 202);
  await untilAtRest(shard);
  const first = await numbersOf(content);
  expect(first).toMatchObject({
    total: 2,
    hours: [
      [formatHour(FIRST), 1],
      [formatHour(SECOND), 1],
    ],
  });

  const off = {
    effect: "reinstate",
    kind: "rule",
    value: "bot@1",
    reason: "our own app",
    ...RANGE,
  };
  const { exclusion } = await operate("POST", "exclusions", off, 201);
  await untilAtRest(shard);
  expect(await numbersOf(content)).toMatchObject({ total: 5 });
  expect(await viewsOf(content)).toBe(5);

  await operate("DELETE", `exclusions/${exclusion.id}`, { reason: "no, bots" }, 200);
  await untilAtRest(shard);
  expect(await numbersOf(content)).toEqual(first);
  // What readers were told stays until an operator says otherwise.
  expect(await viewsOf(content)).toBe(5);
  await operate("POST", `contents/${content}/restate`, { reason: "they were bots" }, 200);
  expect(await viewsOf(content)).toBe(2);

  const answer = await send(adminRequest("GET", "corrections?limit=500"));
  const { corrections } = await answer.json<{
    corrections: readonly {
      shard: number;
      reason: string;
      hour: number;
      before: number;
      after: number;
      detail: { exclusions: readonly object[] };
    }[];
  }>();
  const published = corrections.filter((run) => run.shard === shard && run.reason === "exclusion");
  expect(published.map(({ hour, before, after }) => [hour, before, after]).toReversed()).toEqual([
    [FIRST, 1, 3],
    [SECOND, 1, 2],
    [FIRST, 3, 1],
    [SECOND, 2, 1],
  ]);
  expect(published.map(({ detail }) => detail.exclusions).toReversed()).toEqual([
    [{ id: exclusion.id, reinstated: 2 }],
    [{ id: exclusion.id, reinstated: 1 }],
    [],
    [],
  ]);
  const audit = await drizzle(env.DB)
    .select()
    .from(auditLog)
    .where(eq(auditLog.subject, exclusion.id));
  expect(new Set(audit.map(({ action }) => action))).toEqual(
    new Set(["exclusion.put", "exclusion.revoke"]),
  );
});

test("a network that one call excludes is gone from the statistics after the correction, and nobody else's views are", async () => {
  const at = FIRST + 30 * MINUTE_MS;
  const botnet = { hi: 0xb07, lo: 1 };
  const bought = Array.from({ length: 40 }, (_, serial) => ({
    ...makeEvent({ content: "pushed", at: at + serial }),
    network: botnet,
  }));
  const honest = ["pushed", "honest"].map((content) => makeEvent({ content, at }));
  await collectorAt("WCY").append(framesOfEvents([...bought, ...honest]));
  await drain(collectorAt("WCY"));
  await operate("POST", "correct", RANGE, 202);
  const shards = new Set([...bought, ...honest].map(({ shard }) => shard));
  for (const shard of shards) await untilAtRest(shard);
  expect(await numbersOf("pushed")).toMatchObject({ total: 41 });
  const others = await numbersOf("honest");
  const exclusion = { kind: "network", value: "00000b0700000001", reason: "bought", ...RANGE };
  await operate("POST", "exclusions", exclusion, 201);
  for (const shard of shards) await untilAtRest(shard);
  expect(await numbersOf("pushed")).toMatchObject({ total: 1 });
  expect(await numbersOf("honest")).toEqual(others);
});
