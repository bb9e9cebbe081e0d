import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { UpstashRequest } from "../../../dev/upstash-gateway/request.ts";
import { type FreshUpstash, freshUpstash, NO_REDIS } from "../../support/redis.ts";

describe.skipIf(NO_REDIS)("Upstash's protocol, without its client", () => {
  const requests: UpstashRequest[] = [];
  let gateway: FreshUpstash;

  beforeAll(async () => {
    gateway = await freshUpstash({
      token: "full",
      readOnlyToken: "reader",
      limits: { bodyBytes: 1_000 },
      onRequest: (request) => requests.push(request),
    });
  });

  beforeEach(async () => {
    requests.length = 0;
    await gateway.redis.flush();
  });

  afterAll(() => gateway.close());

  const call = async (path: string, init: RequestInit = {}, token = "full") => {
    const headers = { Authorization: `Bearer ${token}`, ...init.headers };
    const response = await fetch(`${gateway.url}${path}`, { ...init, headers });
    return { status: response.status, body: await response.json(), headers: response.headers };
  };

  const post = (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers = {},
    token = "full",
  ) => call(path, { method: "POST", body, headers }, token);

  test("without the right token nothing is done, nor told of", async () => {
    const wrong = { status: 401, body: { error: "WRONGPASS invalid or missing auth token" } };
    for (const token of ["", "ful", "full2", "Full"]) {
      expect(await post("/", '["SET","k","v"]', {}, token)).toMatchObject(wrong);
    }
    const bare = await fetch(`${gateway.url}/get/k`);
    expect(bare.status).toBe(401);
    expect(requests).toEqual([]);
    expect((await call("/get/k")).body).toEqual({ result: null });
  });

  test("the token may be a parameter", async () => {
    const response = await fetch(`${gateway.url}/set/k/v?_token=full`);
    expect(await response.json()).toEqual({ result: "OK" });
  });

  test("a reader's token reads, and changes nothing", async () => {
    await post("/", '["SET","k","v"]');
    const pipeline = JSON.stringify([
      ["GET", "k"],
      ["set", "k", "2"],
      ["EVAL", "return 1", "0"],
    ]);
    expect((await post("/pipeline", pipeline, {}, "reader")).body).toEqual([
      { result: "v" },
      { error: "NOPERM this user has no permissions to run the 'set' command" },
      { error: "NOPERM this user has no permissions to run the 'eval' command" },
    ]);
    const refused = await post("/multi-exec", '[["GET","k"],["DEL","k"]]', {}, "reader");
    expect(refused).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("NOPERM") },
    });
    expect((await call("/get/k")).body).toEqual({ result: "v" });
  });

  test("a command in the path: segments, then the body, then parameters", async () => {
    expect((await call("/set/a%2Fb/..%20é")).body).toEqual({ result: "OK" });
    expect((await call("/get/a%2Fb", { method: "PUT" })).body).toEqual({ result: ".. é" });
    expect((await call("/set/%2E%2E%2F/x")).body).toEqual({ result: "OK" });
    expect((await post("/set/k?EX=100&NX=", "body")).body).toEqual({ result: "OK" });
    expect(requests.at(-1)?.commands.map(String)).toEqual(["set,k,body,EX,100,NX"]);
    expect((await call("/ttl/k")).body).toEqual({ result: 100 });
  });

  test("bytes that are no text survive, and come back in base64", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await post("/set/k", bytes);
    const { body } = await call("/get/k", { headers: { "Upstash-Encoding": "base64" } });
    expect(body).toEqual({ result: Buffer.from(bytes).toString("base64") });
  });

  test("in base64 are all strings but a result that is exactly OK; errors and numbers never are", async () => {
    const commands = [
      ["SET", "k", "v"],
      ["SET", "ok", "OK"],
      ["GET", "ok"],
      ["GET", "k"],
      ["PING"],
      ["MGET", "ok", "k", "nothing"],
      ["STRLEN", "k"],
      ["LPUSH", "k", "x"],
    ];
    const encoded = await post("/pipeline", JSON.stringify(commands), {
      "Upstash-Encoding": "base64",
    });
    expect(encoded.body).toEqual([
      { result: "OK" },
      { result: "OK" },
      { result: "OK" },
      { result: "dg==" },
      { result: "UE9ORw==" },
      { result: ["T0s=", "dg==", null] },
      { result: 1 },
      { error: expect.stringMatching(/^WRONGTYPE Operation/) },
    ]);
  });

  test("a command that is refused is an item's error in a pipeline, and the rest is done", async () => {
    const { status, body } = await post("/pipeline", '[["SUBSCRIBE","news"],["INCR","n"]]');
    expect(status).toBe(200);
    expect(body).toEqual([
      { error: "ERR Command is not available: 'SUBSCRIBE' (a request has one answer)" },
      { result: 1 },
    ]);
  });

  test.for([
    { bad: ["NOTHING"], error: "unknown command" },
    { bad: ["SET", "other"], error: "wrong number of arguments" },
    { bad: ["BLPOP", "list", "0"], error: "Command is not available: 'BLPOP'" },
  ])("a transaction with $bad is refused, and nothing of it done", async ({ bad, error }) => {
    expect(await post("/multi-exec", JSON.stringify([["INCR", "n"], bad]))).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(error) },
    });
    // Nor is anything left open.
    expect((await post("/", '["INCR","n"]')).body).toEqual({ result: 1 });
  });

  test("a sync token is answered to whoever has none, and goes back to whoever has one", async () => {
    const first = await post("/", '["PING"]', { "upstash-sync-token": "" });
    const token = first.headers.get("upstash-sync-token");
    expect(token).toMatch(/.+/);
    const next = await post("/", '["PING"]', { "upstash-sync-token": `${token}` });
    expect(next.headers.get("upstash-sync-token")).toBe(token);
  });

  test.for([
    ["/", "no JSON"],
    ["/", "{}"],
    ["/", "[]"],
    ["/", '["GET", null]'],
    ["/", '[["GET","k"]]'],
    ["/pipeline", '["GET","k"]'],
    ["/pipeline", "[]"],
    ["/multi-exec", "null"],
    ["/get/%ff", ""],
    ["//k", ""],
    ["/", `["GET","${"k".repeat(1_000)}"]`],
    ["/", '["NOTHING","k"]'],
  ])("%s with %j is an error of the client", async ([path = "", body = ""]) => {
    expect(await post(path, body)).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^ERR /) },
    });
  });

  test("other methods are none of it", async () => {
    expect((await call("/get/k", { method: "DELETE" })).status).toBe(405);
  });
});
