import { Redis } from "@upstash/redis/cloudflare";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { UpstashRequest } from "../../../dev/upstash-gateway/request.ts";
import { type FreshUpstash, freshUpstash, NO_REDIS } from "../../support/redis.ts";

describe.skipIf(NO_REDIS)("commands of the real client", () => {
  const requests: UpstashRequest[] = [];
  let gateway: FreshUpstash;
  let redis: Redis;

  beforeAll(async () => {
    gateway = await freshUpstash({ onRequest: (request) => requests.push(request) });
    redis = new Redis({
      ...{ url: gateway.url, token: gateway.token, retry: false },
      ...{ automaticDeserialization: false, enableTelemetry: false },
    });
  });

  beforeEach(async () => {
    await gateway.redis.flush();
    requests.length = 0;
  });

  afterAll(() => gateway.close());

  test.for(["text", "", "7", "007", "1e3", "OK", "ok", "null", "true", "é 🦦 \u0000\r\n", "T0s="])(
    "the string %j comes back as it is, alone and in an array",
    async (value) => {
      expect(await redis.set("key", value)).toBe("OK");
      expect(await redis.get("key")).toBe(value);
      expect(await redis.mget("key", "nothing")).toEqual([value, null]);
      expect(await redis.eval("return {{ARGV[1]}}", [], [value])).toEqual([[value]]);
    },
  );

  test("any text comes back as it is", async () => {
    const texts = fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        await redis.del("list");
        await redis.rpush("list", ...values);
        expect(await redis.lrange("list", 0, -1)).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  test("hashes, sorted sets, numbers and what is not there come as Redis answers them", async () => {
    await redis.hset("hash", { views: "12", name: "OK" });
    expect(await redis.exec(["HGETALL", "hash"])).toEqual(["views", "12", "name", "OK"]);
    await redis.zadd("live", { score: 9007199254740991, member: "7" }, { score: 1.5, member: "a" });
    expect(await redis.exec(["ZRANGE", "live", "0", "-1", "REV", "WITHSCORES"])).toEqual([
      ...["7", "9007199254740991"],
      ...["a", "1.5"],
    ]);
    expect(await redis.incrby("n", 41)).toBe(41);
    expect(await redis.get("nothing")).toBeNull();
    expect(await redis.type("hash")).toBe("hash");
  });

  test("a script answers nested arrays, by its text and by its hash", async () => {
    const script = "return {1, 'OK', {'x', false, {ARGV[1]}}, redis.call('SET', KEYS[1], 'v')}";
    const answer = [1, "OK", ["x", null, ["é"]], "OK"];
    expect(await redis.eval(script, ["key"], ["é"])).toEqual(answer);
    expect(await redis.evalsha(await redis.scriptLoad(script), ["key"], ["é"])).toEqual(answer);
    await expect(redis.evalsha("0".repeat(40), [], [])).rejects.toThrow("NOSCRIPT");
  });

  test("a pipeline is one call; an item that fails is an error of its own, and the rest is done", async () => {
    const pipeline = redis.pipeline();
    pipeline.set("key", "text").lpush("key", "x").incr("n");
    expect(await pipeline.exec({ keepErrors: true })).toMatchObject([
      { result: "OK" },
      { error: expect.stringMatching(/^WRONGTYPE /) },
      { result: 1 },
    ]);
    expect(requests).toMatchObject([
      {
        kind: "pipeline",
        commands: [
          ["set", "key", "text"],
          ["lpush", "key", "x"],
          ["incr", "n"],
        ],
      },
    ]);
  });

  test("a transaction is done as one", async () => {
    const multi = redis.multi();
    multi.set("key", "OK").get("key").zadd("z", { score: 1.5, member: "m" }).lpush("key", "x");
    expect(await multi.exec({ keepErrors: true })).toMatchObject([
      { result: "OK" },
      { result: "OK" },
      { result: 1 },
      { error: expect.stringMatching(/^WRONGTYPE /) },
    ]);
  });

  test.for([
    ["MULTI"],
    ["select", "0"],
    ["MONITOR"],
    ["SHUTDOWN"],
    ["XREAD", "COUNT", "1", "BLOCK", "0", "STREAMS", "s", "$"],
  ] as const)("%j is refused with a reason", async ([name, ...args]) => {
    await expect(redis.exec([name, ...args])).rejects.toThrow("Command is not available");
  });

  test("a stream that is called BLOCK is read", async () => {
    expect(await redis.exec(["XREAD", "STREAMS", "BLOCK", "0"])).toBeNull();
  });
});
