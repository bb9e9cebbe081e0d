import { Redis } from "@upstash/redis/cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUpstashGateway, type UpstashGateway } from "../../../dev/upstash-gateway/gateway.ts";
import { NO_REDIS, type OwnRedis, ownRedis } from "../../support/redis.ts";

describe.skipIf(NO_REDIS)("a Redis that goes away", () => {
  let own: OwnRedis;
  let gateway: UpstashGateway;
  let redis: Redis;

  beforeAll(async () => {
    own = await ownRedis();
    const limits = { connectMs: 200, answerMs: 300 };
    gateway = await startUpstashGateway({ redis: own.address, port: 0, token: "t", limits });
    redis = new Redis({ url: gateway.url, token: "t", retry: { retries: 0 } });
  });

  afterAll(async () => {
    await gateway.close();
    await own.drop();
  });

  const statusOf = async (): Promise<number> => {
    const headers = { Authorization: "Bearer t" };
    const signal = AbortSignal.timeout(20_000);
    const response = await fetch(gateway.url, {
      method: "POST",
      headers,
      signal,
      body: '["PING"]',
    });
    await response.body?.cancel();
    return response.status;
  };

  test.for(["stop", "kill"] as const)("%s: 503 at once, and back by itself", async (end) => {
    await redis.set("key", "before");
    await own.server[end]();
    expect(await statusOf()).toBe(503);
    expect(await Promise.all(Array.from({ length: 20 }, statusOf))).toEqual(Array(20).fill(503));
    await expect(redis.get("key")).rejects.toThrow("the gateway has no Redis");
    await own.start();
    expect(await statusOf()).toBe(200);
    expect(await redis.get("key")).toBeNull();
  });

  test("one that hangs is away when its time to answer is over, and is found again", async () => {
    expect(await statusOf()).toBe(200);
    process.kill(own.server.pid, "SIGSTOP");
    try {
      expect(await statusOf()).toBe(503);
      expect(await statusOf()).toBe(503);
    } finally {
      process.kill(own.server.pid, "SIGCONT");
    }
    await expect.poll(statusOf, { timeout: 20_000 }).toBe(200);
  });

  test("FLUSHALL is for whoever has a server alone", async () => {
    await redis.set("key", "before");
    expect(await redis.flushall()).toBe("OK");
    expect(await redis.get("key")).toBeNull();
  });
});
