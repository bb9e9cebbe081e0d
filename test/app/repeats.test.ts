import { describe, expect, test } from "vitest";
import { claimRequest, settleRequest, whileHeld } from "../../src/app/repeats.ts";
import { REPEAT_DEAD_MS, REPEAT_RENEW_MS } from "../../src/core/limits.ts";
import type { Claim, Held } from "../../src/ports/idempotency.ts";
import { HandTime, settled } from "../support/hand-time.ts";
import { NotedLog } from "../support/noted-log.ts";

const HELD: Held = { key: "k", owner: "o" };

const makeDesk = () => {
  const time = new HandTime();
  const log = new NotedLog();
  const calls: string[] = [];
  const claims: Claim[] = [];
  const state = { away: false };
  const note = async (what: string) => {
    if (state.away) throw new Error("the database is away");
    calls.push(what);
  };
  const deps = {
    ...{ clock: time, timers: time, log },
    random: { bytes: (count: number) => new Uint8Array(count), fraction: () => 0.5 },
    tables: {
      claim: async (claim: Claim) => {
        claims.push(claim);
        return { status: "claimed" } as const;
      },
      renew: (_: Held, at: number) => note(`renew ${at - START}`),
      keep: (_: Held, { status }: { readonly status: number }) => note(`keep ${status}`),
      release: () => note("release"),
    },
  };
  return { ...{ deps, time, log, calls, claims, state } };
};

const START = new HandTime().now();

describe("who works long on a request", () => {
  test("gives a sign of life in good time, again and again, and none once it is done", async () => {
    const { deps, time, calls } = makeDesk();
    const work = Promise.withResolvers<string>();
    const done = whileHeld(deps, HELD, work.promise);
    for (let passed = 0; passed < 3; passed += 1) await time.pass(REPEAT_RENEW_MS);
    expect(calls).toEqual([1, 2, 3].map((times) => `renew ${times * REPEAT_RENEW_MS}`));
    expect(2 * REPEAT_RENEW_MS).toBeLessThan(REPEAT_DEAD_MS);
    work.resolve("done");
    expect(await done).toBe("done");
    expect(time.running).toBe(0);
    await time.pass(REPEAT_DEAD_MS);
    expect(calls).toHaveLength(3);
  });

  test("goes on when nobody hears it, and the log says so", async () => {
    const { deps, time, log, state } = makeDesk();
    state.away = true;
    const work = Promise.withResolvers<string>();
    const done = whileHeld(deps, HELD, work.promise);
    await time.pass(REPEAT_RENEW_MS);
    expect(log.lines).toEqual(["repeats.not-renewed"]);
    work.resolve("done");
    expect(await done).toBe("done");
  });

  test("fails as the work fails", async () => {
    const { deps, time } = makeDesk();
    const work = Promise.withResolvers<string>();
    const done = whileHeld(deps, HELD, work.promise);
    await time.pass(REPEAT_RENEW_MS);
    work.reject(new Error("it failed"));
    await expect(done).rejects.toThrow("it failed");
    await settled();
    expect(time.running).toBe(0);
  });
});

test.each([
  [200, "keep 200"],
  [299, "keep 299"],
  [400, "keep 400"],
  [404, "keep 404"],
  [409, "keep 409"],
  [422, "keep 422"],
  [401, "release"],
  [403, "release"],
  [408, "release"],
  [429, "release"],
  [500, "release"],
  [503, "release"],
])("of an answer of %i the end is: %s", async (status, end) => {
  const { deps, calls } = makeDesk();
  await settleRequest(deps, HELD, { status, type: "application/json", body: "{}" });
  expect(calls).toEqual([end]);
});

test("what is asked makes the request: any part of it that differs is another one, the key and who asks are none of it", async () => {
  const { deps, claims } = makeDesk();
  const asked = {
    ...{ key: "k", actor: "ann", method: "POST", target: "/v1/admin/a?b=c", path: "/v1/admin/a" },
    body: new Uint8Array([1, 2]),
  };
  for (const more of [
    {},
    { key: "l" },
    { actor: "bob" },
    { method: "PUT" },
    { target: "/v1/admin/a?b=d" },
    { body: new Uint8Array([1, 3]) },
    { body: new Uint8Array() },
  ]) {
    await claimRequest(deps, { ...asked, ...more });
  }
  const [first, otherKey, otherCaller, ...changed] = claims;
  for (const other of [otherKey, otherCaller]) {
    expect(other?.requestHash).toBe(first?.requestHash);
  }
  expect(new Set([first, otherKey, otherCaller].map((claim) => claim?.key)).size).toBe(3);
  expect(new Set([first, ...changed].map((claim) => claim?.requestHash)).size).toBe(5);
  for (const { key, pathHash, requestHash } of claims) {
    for (const hash of [key, pathHash, requestHash]) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  }
});
