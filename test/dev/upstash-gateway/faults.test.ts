import { Redis } from "@upstash/redis/cloudflare";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RequestFault } from "../../../dev/upstash-gateway/faults.ts";
import { type FreshUpstash, freshUpstash, NO_REDIS } from "../../support/redis.ts";

describe.skipIf(NO_REDIS)("faults by script", () => {
  let gateway: FreshUpstash;
  let redis: Redis;

  beforeAll(async () => {
    gateway = await freshUpstash();
    redis = clientOf(gateway);
  });

  beforeEach(() => gateway.redis.flush());
  afterEach(() => gateway.faults.clear());
  afterAll(() => gateway.close());

  const onIncr = (fault: RequestFault) => gateway.faults.add({ when: /^incr n$/m, fault });
  const stored = () => gateway.redis.command("GET", "n");

  test.for([
    { fault: { kind: "refuse" }, error: "fetch failed", left: null },
    { fault: { kind: "status", status: 500, body: "json" }, error: "as a test", left: null },
    { fault: { kind: "status", status: 502, body: "html" }, error: "Unable to parse", left: null },
    { fault: { kind: "error", message: "OOM no memory" }, error: "OOM no memory", left: null },
    { fault: { kind: "apply-and-drop" }, error: "fetch failed", left: "1" },
    { fault: { kind: "cut" }, error: "terminated", left: "1" },
  ] as const)("$fault: the client has an error, and $left is stored", async (it) => {
    onIncr(it.fault);
    await expect(redis.incr("n")).rejects.toThrow(it.error);
    expect(await stored()).toBe(it.left);
  });

  test("twice: it is done two times, and the second one is answered", async () => {
    onIncr({ kind: "twice" });
    expect(await redis.incr("n")).toBe(2);
  });

  test("a delay that the client does not wait for: it is done all the same", async () => {
    onIncr({ kind: "delay", ms: 50 });
    const impatient = clientOf(gateway, () => AbortSignal.timeout(20));
    await expect(impatient.incr("n")).rejects.toThrow("timeout");
    await gateway.faults.settled();
    expect(await stored()).toBe("1");
  });

  test("held: the client gives up at once, and it is done when it is let go", async () => {
    const gate = Promise.withResolvers<void>();
    onIncr({ kind: "hold", until: gate.promise });
    await expect(redis.incr("n")).rejects.toThrow("fetch failed");
    await redis.set("n", "10");
    gate.resolve();
    await gateway.faults.settled();
    expect(await stored()).toBe("11");
  });

  test("an error at one command of a pipeline: that one is not done", async () => {
    gateway.faults.add({ when: /incr/, fault: { kind: "error", message: "NOSCRIPT none", at: 1 } });
    const pipeline = redis.pipeline().incr("a").incr("n").incr("b");
    expect(await pipeline.exec({ keepErrors: true })).toMatchObject([
      { result: 1 },
      { error: "NOSCRIPT none" },
      { result: 1 },
    ]);
    expect(await stored()).toBeNull();
  });

  test("a rule is about a whole request, by all of its commands", async () => {
    gateway.faults.add({
      when: ({ kind, commands }) => kind === "pipeline" && commands.length === 2,
      times: Infinity,
      fault: { kind: "refuse" },
    });
    await expect(redis.pipeline().incr("n").incr("n").exec()).rejects.toThrow("fetch failed");
    expect(await stored()).toBeNull();
    expect(await redis.pipeline().incr("n").exec()).toEqual([1]);
  });
});

const clientOf = ({ url, token }: FreshUpstash, signal?: () => AbortSignal): Redis =>
  new Redis({
    ...{ url, token, retry: { retries: 0 }, enableTelemetry: false, enableAutoPipelining: false },
    ...(signal && { signal }),
  });
