import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { composeWorker } from "../../../src/compose.ts";
import { CLOSE_CODES } from "../../../src/protocol/live-messages.ts";
import { Client, openRoom, registryWith } from "../live/support.ts";
import { BROWSER, makeGet, makePost, problemOf, refusalOf } from "../support/client.ts";
import { type Fetch, workerWith, workerWithout, workerWithServices } from "../support/compose.ts";
import { makeToken } from "../support/events.ts";

/** Amazon's number of an autonomous system. */
const HOSTING = { asn: 16_509 };

interface From {
  readonly address?: string;
  readonly cf?: { readonly asn: number };
}

const from = ({ address = "203.0.113.1", cf }: From = {}) => ({
  headers: { "CF-Connecting-IP": address },
  ...(cf && { cf }),
});

const mint = (worker: Fetch, who?: From, client?: string): Promise<Response> =>
  worker(makePost("/v1/views", JSON.stringify({ content: "limited", client }), from(who)));

/** No body is read before the network is known to be let in. */
const confirm = (worker: Fetch, who?: From): Promise<Response> =>
  worker(makePost("/v1/views/confirm", '{"token":"none"}', from(who)));

const read = (worker: Fetch, path: string, { address = "203.0.113.1", cf }: From = {}) => {
  const init = { headers: { "CF-Connecting-IP": address }, ...(cf && { cf }) };
  return worker(new Request(`https://headcount.test${path}`, init));
};

const expectRefusal = async (answer: Response, code: string, policy: string): Promise<void> => {
  expect(answer.status).toBe(429);
  const [, name = "", quota = ""] = /^(.*)=(\d+)$/.exec(policy) ?? [];
  const wait = Number(answer.headers.get("Retry-After"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  expect(answer.headers.get("RateLimit-Policy")).toBe(`"${name}";q=${quota};w=60`);
  expect(answer.headers.get("RateLimit")).toBe(`"${name}";r=0;t=${wait}`);
  expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("RateLimit");
  expect(await refusalOf(answer)).toEqual([429, code]);
};

describe("above the limit of a network", () => {
  test("a view is not opened, and another network's is", async () => {
    const worker = workerWith({ LIMITS: "mint=2/60" });
    await mint(worker);
    const second = await mint(worker);
    expect(second.status).toBe(202);
    expect(second.headers.get("RateLimit-Policy")).toBe(
      '"mint";q=2;w=60, "mint-visitor";q=120;w=60',
    );
    expect(second.headers.get("RateLimit")).toMatch(
      /^"mint";r=0;t=(60|59), "mint-visitor";r=118;t=(60|59)$/,
    );
    await expectRefusal(await mint(worker), "too-many-requests", "mint=2");
    expect((await mint(worker, { address: "203.0.113.2" })).status).toBe(202);
  });

  test("a view is not confirmed", async () => {
    const worker = workerWith({ LIMITS: "confirm=1/60" });
    expect(await refusalOf(await confirm(worker))).toEqual([401, "token-forged"]);
    await expectRefusal(await confirm(worker), "too-many-requests", "confirm=1");
    expect((await confirm(worker, { address: "203.0.113.2" })).status).toBe(401);
  });

  test.each([
    "/v1/counts",
    "/v1/counts/a",
    "/v1/streams/a",
    "/v1/rankings/live",
    "/v1/rankings/views",
    "/v1/stats/contents/a",
    "/v1/stats/contents/a/regions",
    "/v1/stats/streams/a/history",
    "/v1/stats/broadcasters/a/history",
  ])("%s is not read", async (path) => {
    const worker = workerWith({ LIMITS: "read=1/60" });
    // Of whatever else is wrong with it.
    expect((await read(worker, `${path}?unknown=1`)).status).toBe(400);
    await expectRefusal(await read(worker, path), "too-many-reads", "read=1");
    expect((await read(worker, `${path}?unknown=1`, { address: "203.0.113.2" })).status).toBe(400);
  });

  test("readiness is not told", async () => {
    const worker = workerWith({ LIMITS: "read=1/60" });
    expect((await read(worker, "/readyz")).status).toBe(200);
    const refused = await read(worker, "/readyz");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("RateLimit")).toContain('"read";r=0');
    expect(await refusalOf(refused)).toEqual([429, "too-many-reads"]);
    expect((await read(worker, "/readyz", { address: "203.0.113.2" })).status).toBe(200);
  });

  test("no receipt is given", async () => {
    const worker = workerWith({ LIMITS: "receipt=1/60" });
    const ask = () => worker(makePost("/v1/receipts", '{"token":"none"}', from()));
    expect((await ask()).status).toBe(401);
    await expectRefusal(await ask(), "too-many-receipts", "receipt=1");
  });

  test("no heartbeat is taken", async () => {
    const worker = workerWith({ LIMITS: "heartbeat=1/60" });
    const beat = () => worker(makePost("/v1/streams/nobody/heartbeat", "{}", from()));
    expect(await refusalOf(await beat())).toEqual([404, "unknown-stream"]);
    await expectRefusal(await beat(), "too-many-viewers", "heartbeat=1");
  });
});

describe("networks that rent out servers have a lower tier", () => {
  test.each([
    ["mint", (worker: Fetch, who: From) => mint(worker, who), "too-many-requests", 202],
    ["confirm", (worker: Fetch, who: From) => confirm(worker, who), "too-many-requests", 401],
    [
      "read",
      (worker: Fetch, who: From) => read(worker, "/v1/counts?unknown=1", who),
      "too-many-reads",
      400,
    ],
    [
      "heartbeat",
      (worker: Fetch, who: From) =>
        worker(makePost("/v1/streams/nobody/heartbeat", "{}", from(who))),
      "too-many-viewers",
      404,
    ],
  ] as const)("%s", async (action, ask, code, otherwise) => {
    const worker = workerWith({ LIMITS: `${action}-hosting=1/60` });
    expect((await ask(worker, { cf: HOSTING })).status).toBe(otherwise);
    await expectRefusal(await ask(worker, { cf: HOSTING }), code, `${action}-hosting=1`);
    // The same address with a network of households behind it.
    expect((await ask(worker, { cf: { asn: 3_320 } })).status).toBe(otherwise);
  });
});

describe("above the limit of a visitor", () => {
  test("a view is not opened, and another visitor's of the same network is", async () => {
    const worker = workerWith({ LIMITS: "mint-visitor=1/60" });
    expect((await mint(worker, {}, "ann")).status).toBe(202);
    await expectRefusal(await mint(worker, {}, "ann"), "too-many-requests", "mint-visitor=1");
    expect((await mint(worker, {}, "bob")).status).toBe(202);
  });

  test("a view is not confirmed, whatever network it comes from, and in a body of many it alone is refused", async () => {
    const worker = workerWith({ LIMITS: "confirm-visitor=1/60" });
    const send = async (body: object, address: string) =>
      worker(makePost("/v1/views/confirm?wait=10", JSON.stringify(body), from({ address })));
    const loop = { content: "loop", visitor: { hi: 1, lo: 1 } };
    const token = await makeToken(loop);
    expect((await send({ token }, "203.0.113.1")).status).toBe(202);
    const again = await send({ token }, "198.51.100.1");
    await expectRefusal(again, "too-many-requests", "confirm-visitor=1");
    const other = await makeToken({ ...loop, visitor: { hi: 2, lo: 2 } });
    const many = await send({ tokens: [token, other] }, "203.0.113.1");
    expect(await many.json()).toEqual({
      results: [
        { status: 429, code: "too-many-requests" },
        { status: 202, ack: "durable", eventId: expect.any(String) },
      ],
    });
  });

  test("a body of many tokens of theirs counts once", async () => {
    const worker = workerWith({ LIMITS: "confirm-visitor=1/60" });
    const visitor = { hi: 3, lo: 3 };
    const tokens = await Promise.all(
      ["a", "b", "c"].map((content) => makeToken({ content, visitor })),
    );
    const body = JSON.stringify({ tokens });
    const answer = await worker(makePost("/v1/views/confirm?wait=10", body, from()));
    const { results } = await answer.json<{ results: readonly { status: number }[] }>();
    expect(results.map(({ status }) => status)).toEqual([202, 202, 202]);
  });
});

describe("a socket", () => {
  const worker = (limits: string): Fetch => {
    const composed = composeWorker({ ...env, LIMITS: limits });
    if (composed.status === "refused") throw new Error("the limits are wrong");
    const { limiter } = composed.services;
    return workerWithServices((all) => ({
      ...all,
      limiter,
      arrive: { ...all.arrive, registry: registryWith({ crowded: {} }) },
    }));
  };
  const upgrade = (address: string, query = ""): Request =>
    makeGet(`/v1/streams/crowded/live${query}`, {
      Upgrade: "websocket",
      "User-Agent": BROWSER,
      "CF-Connecting-IP": address,
    });

  test.each([
    ["network", "join=1/60", "?client=a", "?client=b"],
    ["visitor", "join-visitor=1/60", "?client=a", "?client=a"],
  ])("too many of one %s is closed as crowded", async (_, limits, first, second) => {
    await openRoom("crowded");
    const fetch = worker(limits);
    const open = new Client(await fetch(upgrade("203.0.113.1", first)));
    await open.hears(({ type }) => type === "count");
    await new Client(await fetch(upgrade("203.0.113.1", second))).closedWith(CLOSE_CODES.crowded);
    const other = new Client(await fetch(upgrade("203.0.113.2", first)));
    await other.hears(({ type }) => type === "count");
  });
});

describe("limits that isolates share", () => {
  const refusing = { limit: async () => ({ success: false }) };

  test("refuse for the whole window", async () => {
    const worker = workerWith({ MINT_VISITOR_LIMIT: refusing });
    await expectRefusal(await mint(worker), "too-many-requests", "mint-visitor=120");
  });

  test("are not asked by who confirms or reads a little", async () => {
    const worker = workerWith({ CONFIRM_LIMIT: refusing, READ_LIMIT: refusing });
    for (let i = 0; i < 20; i += 1) {
      expect((await confirm(worker)).status).toBe(401);
      expect((await read(worker, "/v1/counts?unknown=1")).status).toBe(400);
    }
  });

  test("are asked by who confirms a lot, without an address", async () => {
    const keys: string[] = [];
    const limit = async ({ key }: { readonly key: string }) => {
      keys.push(key);
      return { success: false };
    };
    const worker = workerWith({ LIMITS: "confirm=10/60", CONFIRM_LIMIT: { limit } });
    expect((await confirm(worker)).status).toBe(401);
    await expectRefusal(await confirm(worker), "too-many-requests", "confirm=10");
    expect(keys).toEqual([expect.stringMatching(/^[A-Za-z0-9_-]{22}$/)]);
  });

  test.each([
    ["that throw", { limit: () => Promise.reject(new Error("gone")) }],
    ["that never answer", { limit: () => Promise.withResolvers<RateLimitOutcome>().promise }],
  ])("%s let through", async (_, binding) => {
    const worker = workerWith({ MINT_LIMIT: binding, MINT_VISITOR_LIMIT: binding });
    expect((await mint(worker)).status).toBe(202);
  });

  test("that a deployment does not have let through", async () => {
    expect((await mint(workerWithout("MINT_LIMIT"))).status).toBe(202);
  });
});

test("switched off, nobody is refused and nothing is told", async () => {
  const refusing = { limit: async () => ({ success: false }) };
  const worker = workerWith({ LIMITS: "off", MINT_LIMIT: refusing });
  const answer = await mint(worker);
  expect([answer.status, answer.headers.has("RateLimit")]).toEqual([202, false]);
});

test("operators and whether it is alive are not limited as reads are", async () => {
  const worker = workerWith({ LIMITS: "read=1/60, mint=1/60" });
  for (let i = 0; i < 5; i += 1) {
    expect((await read(worker, "/healthz")).status).toBe(200);
    expect((await problemOf(await read(worker, "/v1/admin/status"))).code).toBe("unauthorized");
  }
});
