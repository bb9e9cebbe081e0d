import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { DWELL_MS, TOKEN_LIFE_MS } from "../../../src/core/limits.ts";
import { EDGE_VERDICTS } from "../../../src/core/views/verdict.ts";
import { decodeEvent } from "../../../src/protocol/event-codec.ts";
import {
  confirmAll,
  makePost,
  mint,
  problemOf,
  refusalOf,
  send,
  viewsOf,
} from "../support/client.ts";
import { workerWith } from "../support/compose.ts";
import { makeToken, sealer } from "../support/events.ts";
import { collectorAt, drain } from "../support/objects.ts";

interface Minted {
  readonly token: string;
  readonly eventId: string;
  readonly content: string;
  readonly confirmAfterMs: number;
  readonly expiresAt: number;
}

const eventOf = async (answer: Response) => {
  expect(answer.status).toBe(202);
  const opened = await sealer.open((await answer.json<Minted>()).token);
  const event = opened.status === "genuine" ? decodeEvent(opened.payload) : undefined;
  if (event === undefined) throw new Error("the token holds no event");
  return event;
};

test("a view is opened with a token, its id and its times, which no cache may keep", async () => {
  const before = Date.now();
  const answer = await mint({ content: "opened" });
  expect(answer.status).toBe(202);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  expect(answer.headers.has("X-Headcount-Dropped")).toBe(false);
  const minted = await answer.json<Minted>();
  expect(minted).toEqual({
    token: expect.stringMatching(/^v1\.k2\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$/),
    eventId: expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ),
    content: "opened",
    confirmAfterMs: DWELL_MS,
    expiresAt: expect.any(Number),
  });
  expect(minted.expiresAt).toBeGreaterThanOrEqual(before + TOKEN_LIFE_MS);
});

test("the token says where the reader is, and neither address nor user agent", async () => {
  const cf = { colo: "FRA", country: "DE", regionCode: "HE", city: "Frankfurt am Main", asn: 3320 };
  const headers = { "CF-Connecting-IP": "198.51.100.7" };
  const event = await eventOf(await mint({ content: "placed" }, { headers, cf }));
  expect(event).toMatchObject({
    country: "DE",
    region: "HE",
    city: "Frankfurt am Main",
    asnClass: "access",
    browser: "chrome",
  });
});

test("a place that is missing or absurd is unknown", async () => {
  const cf = { country: "Germany", regionCode: "far too long a code", city: "ß".repeat(60) };
  const event = await eventOf(await mint({ content: "unplaced" }, { cf }));
  expect([event.country, event.region, event.asnClass]).toEqual(["XX", "far too ", "unknown"]);
  expect(event.city).toBe("ß".repeat(32));
});

describe("the visitor", () => {
  const visitorOf = async (client: string | undefined, address: string, agent?: string) => {
    const headers = { "CF-Connecting-IP": address, ...(agent && { "User-Agent": agent }) };
    const body = { content: "who", ...(client && { client }) };
    return (await eventOf(await mint(body, { headers }))).visitor;
  };

  test("is the same for the same client, network and browser", async () => {
    const visitor = await visitorOf("c1", "2001:db8:1:2::7");
    expect(await visitorOf("c1", "2001:db8:1:2:ffff::9")).toEqual(visitor);
  });

  test("is another for another client, network or browser", async () => {
    const visitor = await visitorOf("c1", "203.0.113.1");
    expect(await visitorOf("c2", "203.0.113.1")).not.toEqual(visitor);
    expect(await visitorOf(undefined, "203.0.113.1")).not.toEqual(visitor);
    expect(await visitorOf("c1", "203.0.113.2")).not.toEqual(visitor);
    const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
    expect(await visitorOf("c1", "203.0.113.1", firefox)).not.toEqual(visitor);
  });

  test("is not believed where a client says it is in another network", async () => {
    const headers = { "CF-Connecting-IP": "203.0.113.3" };
    const forwarded = { ...headers, "X-Forwarded-For": "192.0.2.1", "X-Real-IP": "192.0.2.1" };
    const plain = await eventOf(await mint({ content: "who" }, { headers }));
    const event = await eventOf(await mint({ content: "who" }, { headers: forwarded }));
    expect(event.visitor).toEqual(plain.visitor);
  });
});

describe("who is no reader is told so, and gets a token that says so", () => {
  test.each([
    ["bot", { "User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" }],
    ["bot", { "User-Agent": "curl/8.5.0" }],
    ["bot", { "User-Agent": "" }],
    ["bot", { "User-Agent": `Mozilla/5.0 ${"x".repeat(1_100)}` }],
    ["prefetch", { "Sec-Purpose": "prefetch;prerender" }],
    ["prefetch", { Purpose: "prefetch" }],
  ] as const)("%s %j", async (verdict, headers) => {
    const answer = await mint({ content: "no-reader" }, { headers });
    expect(answer.headers.get("X-Headcount-Dropped")).toBe(verdict);
    expect((await eventOf(answer)).edgeVerdict).toBe(EDGE_VERDICTS[verdict]);
  });

  test("whose confirmed view is logged and not counted", async () => {
    const tokens = [
      await makeToken({ content: "robots-too", verdict: "bot" }),
      await makeToken({ content: "robots-too", verdict: "prefetch" }),
      await makeToken({ content: "robots-too" }),
    ];
    await confirmAll(tokens, { cf: { colo: "BBA" } });
    await drain(collectorAt("BBA"));
    expect(await viewsOf("robots-too")).toBe(1);
  });
});

test("above the limit of its network a view is answered 429 and told when to come again", async () => {
  const asked = new Map<string, number>();
  const limit = async ({ key }: { key: string }) => {
    asked.set(key, (asked.get(key) ?? 0) + 1);
    return { success: (asked.get(key) ?? 0) <= 2 };
  };
  const worker = workerWith({ MINT_LIMIT: { limit } });
  const open = (address: string) => {
    const headers = { "CF-Connecting-IP": address };
    return worker(makePost("/v1/views", '{"content":"busy"}', { headers }));
  };
  expect((await open("203.0.113.9")).status).toBe(202);
  expect((await open("203.0.113.9")).status).toBe(202);
  const answer = await open("203.0.113.9");
  expect(answer.headers.get("Retry-After")).toBe("60");
  expect(await refusalOf(answer)).toEqual([429, "too-many-requests"]);
  expect((await open("203.0.113.10")).status).toBe(202);
  for (const key of asked.keys()) expect(key).not.toContain("203.0.113");
});

test("a limit that cannot be asked lets through", async () => {
  const worker = workerWith({ MINT_LIMIT: { limit: () => Promise.reject(new Error("gone")) } });
  expect((await worker(makePost("/v1/views", '{"content":"unlimited"}'))).status).toBe(202);
});

test("without salts no view is opened, and 503 says when to come again", async () => {
  const current = () => Promise.reject(new Error("gone"));
  const worker = workerWith({ SALTS: { getByName: () => ({ current }) } });
  const answer = await worker(makePost("/v1/views", '{"content":"unsalted"}'));
  expect(answer.headers.get("Retry-After")).toBe("2");
  expect(await refusalOf(answer)).toEqual([503, "salt-unavailable"]);
});

test("a view opened with the salt of another day is none", async () => {
  const yesterday = { day: "1970-01-01", startMs: 0, endMs: 86_400_000, salt: new Uint8Array(32) };
  const worker = workerWith({ SALTS: { getByName: () => ({ current: async () => [yesterday] }) } });
  const answer = await worker(makePost("/v1/views", '{"content":"old-salt"}'));
  expect((await problemOf(answer)).code).toBe("salt-unavailable");
});

test("hundreds of random contents make no object before an honest confirm", async () => {
  await mint({ content: "first" });
  const objects = async () => [
    (await listDurableObjectIds(env.COLLECTORS)).length,
    (await listDurableObjectIds(env.TALLIES)).length,
    (await listDurableObjectIds(env.SALTS)).length,
  ];
  const before = await objects();
  for (let i = 0; i < 300; i += 1) {
    const headers = { "CF-Connecting-IP": `10.${i >> 8}.${i & 255}.1` };
    const answer = await send(
      makePost("/v1/views", JSON.stringify({ content: crypto.randomUUID() }), { headers }),
    );
    expect(answer.status).toBe(202);
    await answer.body?.cancel();
  }
  expect(await objects()).toEqual(before);
});
