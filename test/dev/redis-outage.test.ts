import { expect, test } from "vitest";
import { complaintsOf } from "../../dev/prove/redis/judge.ts";
import { proveRedis } from "../../dev/prove/redis.ts";
import { SHORT_QUIET_MS } from "../../dev/prove/settled-counts.ts";
import { begunState } from "../support/begun-state.ts";
import { NO_REDIS } from "../support/redis.ts";
import { removeState } from "../support/remove-state.ts";

test.skipIf(NO_REDIS)(
  "a Redis that is away, or emptied, fails no acknowledgement and no read, lets no number fall, and has everything within 30 s",
  async () => {
    const state = await begunState("headcount-redis-outage");
    const report = await proveRedis({
      ...{ database: "d1", contents: 800, streams: 3, clients: 4, confirmsPerSecond: 6 },
      ...{ quietMs: 1_000, outages: [{ lastsMs: 5_000, having: "what it had" }] },
      ...{ seed: 1, restMs: SHORT_QUIET_MS, state, log: () => undefined },
    });
    expect(complaintsOf(report)).toEqual([]);
    // By the Tallies' own next try, before every content that changed has changed again.
    expect(report.returns[0]?.completeMs).toBeLessThan(15_000);
    expect(report.durable).toBeGreaterThan(1_500);
    const away = report.told.filter(({ phase }) => phase === "away");
    expect(away.map(({ kind }) => kind).toSorted()).toEqual(["counts", "list", "stream"]);
    const before = report.told.find(({ kind, phase }) => kind === "counts" && phase === "before");
    expect(before?.sources.readmodel).toBeGreaterThan(0);
    removeState(state);
  },
  180_000,
);
