import { expect, test } from "vitest";
import {
  type PutExclusion,
  putExclusion,
  revokeExclusion,
} from "../../../src/app/views/exclusions.ts";
import { HOUR_MS, MINUTE_MS, RAW_RETENTION_MS } from "../../../src/core/limits.ts";
import type { CorrectionOrder } from "../../../src/protocol/correction-rpc.ts";
import { MemoryExclusions } from "../../support/memory-exclusions.ts";

const TEN = Date.UTC(2026, 10, 21, 10);
const NINE = TEN - HOUR_MS;

const request: PutExclusion = {
  effect: "exclude",
  kind: "network",
  value: "00000000000000aa",
  fromAt: NINE + MINUTE_MS,
  toAt: NINE + 2 * MINUTE_MS,
  reason: "bought",
};

/** Two Correctors, of which one may be away. */
const makeDesk = () => {
  const exclusions = new MemoryExclusions();
  const orders: (readonly [shard: number, order: CorrectionOrder, standing: number])[] = [];
  let drawn = 0;
  const desk = { now: TEN + 20 * MINUTE_MS, away: false };
  const deps = {
    exclusions,
    clock: { now: () => desk.now },
    actor: "admin-key",
    random: {
      bytes: (count: number) => {
        drawn += 1;
        return new Uint8Array(count).fill(drawn);
      },
      fraction: () => 0.5,
    },
    schedule: [{ count: 2, fromHourMs: 0 }] as const,
    correctors: {
      async correct(shard: number, order: CorrectionOrder) {
        orders.push([shard, order, (await exclusions.during(0, desk.now)).length]);
        if (desk.away && shard === 1) throw new Error("no answer");
        return { waiting: 1 };
      },
    },
  };
  return { desk, deps, exclusions, orders };
};

const nine = { kind: "hours", from: NINE, to: TEN, reason: "exclusion" };

test("a decision is kept with its audit entry first, and then every Corrector has its hours to do", async () => {
  const { deps, exclusions, orders } = makeDesk();
  const { record, isNew, shards } = await putExclusion(deps, request);
  expect(isNew).toBe(true);
  expect(record).toMatchObject({ ...request, actor: "admin-key", createdAt: deps.clock.now() });
  expect(exclusions.audit).toMatchObject([
    { action: "exclusion.put", subject: record.id, after: request },
  ]);
  expect(orders).toEqual([
    [0, nine, 1],
    [1, nine, 1],
  ]);
  expect(shards).toEqual([
    { shard: 0, waiting: 1 },
    { shard: 1, waiting: 1 },
  ]);
});

test("the same decision again is the one that stands, and is ordered again: what one shard missed is made up for", async () => {
  const { desk, deps, exclusions, orders } = makeDesk();
  desk.away = true;
  const first = await putExclusion(deps, request);
  expect(first.shards[1]).toEqual({ shard: 1, failed: "Error: no answer" });
  desk.away = false;
  const second = await putExclusion(deps, { ...request, reason: "bought, really" });
  expect(second).toMatchObject({ isNew: false, record: first.record });
  expect(second.shards[1]).toEqual({ shard: 1, waiting: 1 });
  expect([exclusions.records.size, exclusions.audit.length, orders.length]).toEqual([1, 1, 4]);
});

test.each([
  ["effect", { effect: "reinstate" }],
  ["kind", { kind: "visitor" }],
  ["value", { value: "00000000000000ab" }],
  ["content", { content: "a" }],
  ["beginning", { fromAt: NINE }],
  ["end", { toAt: undefined }],
] as const)("one of another %s is another", async (_, other) => {
  const { deps, exclusions } = makeDesk();
  await putExclusion(deps, request);
  expect((await putExclusion(deps, { ...request, ...other })).isNew).toBe(true);
  expect(exclusions.records.size).toBe(2);
});

test("taken back it stands no more when its hours are ordered, and taken back twice it is so once", async () => {
  const { deps, exclusions, orders } = makeDesk();
  const { record } = await putExclusion(deps, request);
  orders.length = 0;
  const decided = await revokeExclusion(deps, record.id, "was the office");
  const revoked = { at: deps.clock.now(), by: "admin-key", reason: "was the office" };
  expect(decided?.record).toEqual({ ...record, revoked });
  expect(orders).toEqual([
    [0, nine, 0],
    [1, nine, 0],
  ]);
  const again = await revokeExclusion(deps, record.id, "again");
  expect(again?.record.revoked).toEqual(revoked);
  expect(orders).toHaveLength(4);
  expect(exclusions.audit.map(({ action }) => action)).toEqual([
    "exclusion.put",
    "exclusion.revoke",
  ]);
});

test("decided once more after it was taken back, it is a decision of its own", async () => {
  const { deps } = makeDesk();
  const { record } = await putExclusion(deps, request);
  await revokeExclusion(deps, record.id, "was the office");
  const again = await putExclusion(deps, request);
  expect(again.isNew).toBe(true);
  expect(again.record.id).not.toBe(record.id);
});

test("two requests of one id are one decision, however they differ", async () => {
  const { deps, exclusions } = makeDesk();
  const first = await putExclusion(deps, { ...request, id: "about-s1", suspicion: "s1" });
  const second = await putExclusion(deps, { ...request, id: "about-s1", toAt: undefined });
  expect([first.isNew, second.isNew]).toEqual([true, false]);
  expect(second.record).toEqual(first.record);
  expect(exclusions.audit).toHaveLength(1);
});

test("nobody is ordered what is not over yet, nor what is kept no more, and both are said", async () => {
  const { deps, orders } = makeDesk();
  const future = await putExclusion(deps, { ...request, fromAt: TEN, toAt: undefined });
  expect(future).toMatchObject({ shards: [], hours: { goesOn: true } });
  const gone = await putExclusion(deps, { ...request, fromAt: 0, toAt: 5 });
  expect(gone.hours).toEqual({ goneBefore: TEN - RAW_RETENTION_MS, goesOn: false });
  expect(orders).toEqual([]);
  const both = await putExclusion(deps, { ...request, fromAt: 0 });
  expect(both.hours.goneBefore).toBe(TEN - RAW_RETENTION_MS);
  expect(orders[0]?.[1]).toEqual({ ...nine, from: TEN - RAW_RETENTION_MS });
});

test("what nobody decided cannot be taken back, and nothing is ordered", async () => {
  const { deps, orders } = makeDesk();
  expect(await revokeExclusion(deps, "unknown", "why not")).toBeUndefined();
  expect(orders).toEqual([]);
});
