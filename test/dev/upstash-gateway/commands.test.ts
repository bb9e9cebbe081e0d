import { Redis } from "@upstash/redis/cloudflare";
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

  test("pipeline", async () => {
    const pipeline = redis.pipeline();
    pipeline.set("key", "text");
    pipeline.lpush("key", "x");
    pipeline.incr("n");
    expect(await pipeline.exec({ keepErrors: true })).toMatchObject([
      { result: "OK" },
      { error: expect.stringContaining("WRONGTYPE") },
      { result: 1 },
    ]);
    expect(requests).toHaveLength(1);
  });

  test("multi", async () => {
    const multi = redis.multi();
    multi.set("key", "OK").get("key").zadd("z", { score: 1.5, member: "m" });
    expect(await multi.exec()).toEqual(["OK", "OK", 1]);
  });
});
