import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/core/limits.ts";
import { formatHour } from "../../../src/core/views/hour-text.ts";
import { hourOf } from "../../../src/core/views/ledger.ts";
import { hexOfHash } from "../../../src/protocol/hex.ts";
import { adminRequest, flush } from "../support/admin.ts";
import { get, refusalOf, send, viewsOf } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { framesOfEvents, makeEvent } from "../support/events.ts";
import { FakeCorrectors } from "../support/fake-correctors.ts";
import { collectorAt, drain, eventually } from "../support/objects.ts";

const HOUR = hourOf(Date.now()) - 2 * HOUR_MS;
const NOW = HOUR + 20 * MINUTE_MS;
// The hour goes on while views come, and is over when they are corrected.
vi.useFakeTimers({ now: NOW, toFake: ["Date"] });

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly content?: string;
  readonly [field: string]: unknown;
}

const listed = async (query = ""): Promise<readonly Shown[]> => {
  const answer = await send(adminRequest("GET", `suspicions${query}`));
  expect(answer.status).toBe(200);
  return (await answer.json<{ suspicions: readonly Shown[] }>()).suspicions;
};

const untilAtRest = (shard: number): Promise<void> => {
  const corrector = env.CORRECTORS.getByName(`corrector:${shard}`);
  return eventually("the corrector rests", async () => {
    await runDurableObjectAlarm(corrector);
    const { waiting, running } = await corrector.status();
    return waiting === 0 && running === undefined;
  });
};

const inStatistics = async (content: string): Promise<number> => {
  await flush();
  const query = `granularity=hour&from=${formatHour(HOUR)}&to=${formatHour(HOUR + HOUR_MS)}`;
  const answer = await get(`/v1/stats/contents/${content}?${query}`);
  return (await answer.json<{ total: { views: number } }>()).total.views;
};

const openSuspicion = (id: string) => ({
  ...{ id, content: "other", kind: "network", rule: "network-share@1", score: 90 },
  ...{ status: "open" as const, raisedAt: NOW - HOUR_MS, fromAt: HOUR, toAt: HOUR + MINUTE_MS },
  detail: JSON.stringify({ culprit: { kind: "network", value: "00000000000000aa" } }),
});

test("a botnet is flagged while it goes on, with its evidence, excluded by one call, and gone from the statistics when its hour is corrected", async () => {
  const bots = { hi: 0xb07, lo: 7 };
  const pushed = Array.from({ length: 300 }, (_, serial) => {
    const event = makeEvent({ content: "inflated", at: NOW - 5_000 - serial });
    return { ...event, network: serial % 10 === 0 ? { hi: 1, lo: serial } : bots };
  });
  const honest = Array.from({ length: 20 }, (_, serial) => ({
    ...makeEvent({ content: "beside", at: NOW - 5_000 - serial }),
    network: serial % 2 === 0 ? { hi: 1, lo: serial } : bots,
  }));
  await collectorAt("WSU").append(framesOfEvents([...pushed, ...honest]));
  await drain(collectorAt("WSU"));
  expect(await viewsOf("inflated")).toBe(300);

  await eventually("the suspicion is told", async () => (await listed("?status=open")).length > 0);
  const [suspicion] = await listed();
  expect(suspicion).toMatchObject({
    content: "inflated",
    kind: "network",
    rule: "network-share@1",
    status: "open",
    raisedAt: new Date(NOW).toISOString(),
    culprit: { kind: "network", value: hexOfHash(bots) },
    // It was not looked at the networks of the first 30.
    evidence: { views: 243, ofContent: 300, share: 0.81 },
  });

  vi.setSystemTime(HOUR + HOUR_MS + 20 * MINUTE_MS);
  const body = { reason: "bought" };
  const path = `suspicions/${suspicion?.id}/exclude`;
  const answer = await send(adminRequest("POST", path, body));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    suspicion: { status: "excluded", decided: { by: "admin-key" } },
    exclusion: {
      kind: "network",
      value: hexOfHash(bots),
      content: "inflated",
      suspicion: suspicion?.id,
      reason: "bought",
    },
    correction: { ordered: { from: formatHour(HOUR) } },
  });
  const shards = new Set([...pushed, ...honest].map(({ shard }) => shard));
  await send(adminRequest("POST", "correct", { from: formatHour(HOUR) }));
  for (const shard of shards) await untilAtRest(shard);
  expect(await inStatistics("inflated")).toBe(30);
  expect(await inStatistics("beside")).toBe(20);

  const again = await send(adminRequest("POST", path));
  expect(again.status).toBe(200);
  const other = await send(adminRequest("POST", `suspicions/${suspicion?.id}/dismiss`));
  expect(await refusalOf(other)).toEqual([409, "already-decided"]);
  expect(await listed("?status=open")).toEqual([]);
  const exclusions = await send(adminRequest("GET", "exclusions"));
  expect((await exclusions.json<{ exclusions: unknown[] }>()).exclusions).toHaveLength(1);
});

test("a dismissal orders correction where suspects are held, and nothing where they are counted", async () => {
  for (const [mode, orders] of [
    ["hold", 8],
    ["count", 0],
  ] as const) {
    await d1Database(env.DB).suspicions.raise(openSuspicion(`dismissed-${mode}`));
    const correctors = new FakeCorrectors();
    const fetch = workerWith({ SUSPECTS: mode, CORRECTORS: correctors });
    const answer = await fetch(adminRequest("POST", `suspicions/dismissed-${mode}/dismiss`));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ suspicion: { status: "dismissed" } });
    expect(correctors.orders).toHaveLength(orders);
    expect((await listed("?status=dismissed")).map(({ id }) => id)).toContain(`dismissed-${mode}`);
  }
});

test("an order that no shard took is refused, and the same call mends it", async () => {
  await d1Database(env.DB).suspicions.raise(openSuspicion("mended"));
  const away = new FakeCorrectors(() => true);
  const path = "suspicions/mended/exclude";
  const refused = await workerWith({ CORRECTORS: away })(adminRequest("POST", path));
  expect(await refusalOf(refused)).toEqual([503, "correctors-unavailable"]);
  const there = new FakeCorrectors();
  const answer = await workerWith({ CORRECTORS: there })(adminRequest("POST", path));
  expect(answer.status).toBe(200);
  expect(there.orders).toHaveLength(8);
});

test("what is not there, not asked for so, or asked without a key is refused", async () => {
  const refused = async (request: Request) => refusalOf(await send(request));
  const nobody = adminRequest("POST", "suspicions/nobody/exclude", {});
  expect(await refused(nobody)).toEqual([404, "unknown-suspicion"]);
  const nothing = adminRequest("POST", "suspicions/nobody/dismiss", {});
  expect(await refused(nothing)).toEqual([404, "unknown-suspicion"]);
  for (const query of ["?status=closed", "?limit=0", "?limit=201", "?before=now", "?of=all"]) {
    const asked = adminRequest("GET", `suspicions${query}`);
    expect(await refused(asked)).toEqual([400, "invalid-request"]);
  }
  const odd = adminRequest("POST", "suspicions/nobody/exclude", { why: "so" });
  expect(await refused(odd)).toEqual([400, "invalid-request"]);
  expect(await refused(new Request("https://headcount.test/v1/admin/suspicions"))).toEqual([
    401,
    "unauthorized",
  ]);
  expect(await refused(adminRequest("PUT", "suspicions", {}))).toEqual([405, "method-not-allowed"]);
});
