import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, inject, test } from "vitest";
import { composeWorker } from "../../src/compose.ts";
import { stamp } from "../../src/core/stamp.ts";
import { CRONS, runCron } from "../../src/cron.ts";
import type { JobRun } from "../../src/ports/database.ts";
import { viewHourly } from "../../src/schema/d1/views.ts";
import { anEntry, stream } from "../support/live-fakes.ts";
import { adminRequest } from "./support/admin.ts";
import { brokenTally } from "./support/broken.ts";
import { send } from "./support/client.ts";
import { id } from "./support/events.ts";
import { FakeCorrectors } from "./support/fake-correctors.ts";

declare module "vitest" {
  interface ProvidedContext {
    crons: readonly string[];
  }
}

test.each(["0 3 * * *", "", "constructor", "__proto__"])(
  "the expression %o nobody knows is an error",
  async (expression) => {
    const run = runCron(expression, { status: "refused", problems: [] });
    await expect(run).rejects.toThrow("no job is known");
  },
);

test("nothing runs in a deployment that is not configured", async () => {
  const run = runCron("0 2 * * *", { status: "refused", problems: [] });
  await expect(run).rejects.toThrow("not configured");
});

test("what is deployed fires exactly the expressions that have jobs", () => {
  expect(new Set(inject("crons"))).toEqual(new Set(CRONS.keys()));
});

test("at night the day is corrected, then what is closed nobody corrects any more, then upkeep drops what was closed", () => {
  const names = CRONS.get("0 2 * * *")?.map(({ name }) => name);
  expect(names).toEqual(["correct-day", "close", "upkeep"]);
});

test("every five minutes the shards are flushed, then the live streams, then what was flushed is ranked, each failing alone", async () => {
  const names = CRONS.get("*/5 * * * *")?.map(({ name }) => name);
  expect(names).toEqual(["flush", "flush-streams", "rank"]);
  const name = stream("flushed-by-cron");
  await env.RANKINGS.getByName("rankings").publish(anEntry(name, { viewers: 3 }));
  const TALLIES = { getByName: () => brokenTally };
  await runCron("*/5 * * * *", composeWorker({ ...env, TALLIES }));
  expect(await (await send(adminRequest("GET", "status"))).json()).toMatchObject({
    lastFlush: { job: "flush", failures: 8 },
    lastFlushStreams: { job: "flush-streams", failures: 0, rows: 1 },
    lastRank: { job: "rank", failures: 0, rows: 0 },
  });
});

test("every hour the Correctors are told to take up what is due, and the status tells of it", async () => {
  const correctors = new FakeCorrectors((name) => name === "corrector:2");
  await runCron("15 * * * *", composeWorker({ ...env, CORRECTORS: correctors }));
  expect(correctors.orders).toHaveLength(7);
  expect(new Set(correctors.orders.map(([, { kind }]) => kind))).toEqual(new Set(["due"]));
  const status = await send(adminRequest("GET", "status"));
  const { lastCorrect } = await status.json<{ lastCorrect: JobRun }>();
  expect(lastCorrect).toMatchObject({ job: "correct", rows: 21, failures: 1 });
  expect(JSON.parse(lastCorrect.detail)).toMatchObject([{ shard: 2 }]);
});

test("a night closes every shard, deletes what is then too old, and the status tells of it", async () => {
  const database = drizzle(env.DB);
  const row = { content: id("old"), shard: 1, views: 3, final: false, stamp: stamp(1, 1) };
  const kept = Date.now() - 200 * 86_400_000;
  await database.insert(viewHourly).values([
    { ...row, hour: Date.now() - 500 * 86_400_000 },
    { ...row, hour: kept },
  ]);
  const correctors = new FakeCorrectors();
  await runCron("0 2 * * *", composeWorker({ ...env, CORRECTORS: correctors }));
  expect(correctors.orders.map(([, { kind }]) => kind)).toEqual(Array(8).fill("day"));
  expect(await database.select().from(viewHourly)).toEqual([{ ...row, hour: kept }]);
  expect(await (await send(adminRequest("GET", "status"))).json()).toMatchObject({
    lastCorrectDay: { job: "correct-day", rows: 24, failures: 0 },
    lastClose: { job: "close", failures: 0 },
    lastUpkeep: { job: "upkeep", rows: 1, failures: 0, detail: "" },
    shards: Array.from({ length: 8 }, () => ({ closedThrough: expect.any(Number) })),
  });
});
