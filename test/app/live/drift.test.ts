import { describe, expect, test } from "vitest";
import { DriftWorld, INJECTIONS } from "../../support/drift-world.ts";

const VIEWERS = 1_000;

const TIERS = [
  [30, "silent"],
  [100, "batches"],
  [200, "hold"],
  [400, "census"],
] as const;

const cases = Object.entries(INJECTIONS).flatMap(([how, { inject }]) =>
  TIERS.map(([count, tier]) => ({ how, inject, count, tier })),
);

describe("drift is found within 75 s, put right and recorded", () => {
  test.each(cases)("$how: $count of 1,000 is $tier", async ({ inject, count, tier }) => {
    const world = await DriftWorld.with(VIEWERS);
    // Silence would find some of it after 50 s: the look is before that.
    await world.pass(42);
    const truth = VIEWERS + inject(world, count);
    const wrong = world.viewers;
    const injectedAt = world.room.now;
    await world.until(110, () => world.room.records().length > 0);
    const [record] = world.room.records();
    expect(record).toMatchObject({
      job: "reconcile",
      stream: "launch",
      source: "viewers",
      tier,
      rows: count,
      before: wrong,
      after: truth,
      failures: 0,
      statements: 0,
    });
    const foundAt = Number(record?.startedAt) + 10_000;
    expect(foundAt - injectedAt).toBeLessThanOrEqual(75_000);
    await world.pass(2);
    expect(world.viewers).toBe(truth);
    expect(world.clients.at(-1)?.counts.at(-1)?.viewers).toBe(truth);
    await world.pass(150);
    expect(world.room.records()).toHaveLength(1);
    expect(world.viewers).toBe(truth);
  });
});
