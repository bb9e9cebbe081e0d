import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import { composeWorker } from "../../../src/compose.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { slotOf } from "../../../src/core/views/slots.ts";
import { runCron } from "../../../src/cron.ts";
import type { ShardSlots, SlotViews } from "../../../src/protocol/rankings-rpc.ts";
import { ViewRankings } from "../../../src/worker.ts";
import { shown } from "../../support/shown-contents.ts";
import { id, makeEvent } from "../support/events.ts";
import { chunkOf, eventually, runAlarm, tallyOf } from "../support/objects.ts";

/** The one that Tallies tell. */
const board = () => env.VIEW_RANKINGS.getByName("rankings:views");

const told = (shard: number, version: number, contents: readonly SlotViews[]): ShardSlots => {
  const asOf = Date.now();
  return { shard, stamp: stamp(1, version), asOf, slot: slotOf(asOf), contents };
};

const views = (content: string, count: number): SlotViews => ({
  ...{ content: id(content), category: null, views: count, before: 0 },
});

test("what shards tell survives the instance once its alarm has run", async () => {
  const object = () => env.VIEW_RANKINGS.getByName("woken");
  expect(await object().views("realtime", 10)).toBeUndefined();
  await object().publish(told(0, 2, [views("a", 5)]));
  await object().publish(told(1, 1, [views("b", 7)]));
  expect(await runDurableObjectAlarm(object())).toBe(true);
  await evictDurableObject(object());
  await object().publish(told(0, 1, [views("a", 99)]));
  expect(shown((await object().views("realtime", 10))?.contents)).toEqual(["b:7", "a:5"]);
});

test("nothing is ranked in a deployment that is not configured: Tallies keep what they have", async () => {
  await runInDurableObject(env.VIEW_RANKINGS.getByName("unconfigured"), (_, state) => {
    const unready = { ...env, ADMIN_KEY: "" };
    expect(() => new ViewRankings(state, unready)).toThrow("the deployment is not configured");
  });
});

/** Views of each shard, of a moment ago; one content has a part in every shard. */
const TRAFFIC: readonly Readonly<Record<string, number>>[] = [
  { hot: 4, "even-b": 6, "only-0": 2 },
  { hot: 5, "even-a": 6 },
  { hot: 1, "none-3": 3 },
];

const CATEGORIES: Readonly<Record<string, string>> = {
  hot: "news",
  "even-b": "news",
  "even-a": "sport",
  "only-0": "sport",
};

const IN_ALL = ["hot:10", "even-a:6", "even-b:6", "none-3:3", "only-0:2"];

/** When one of them was viewed eight times more. */
const RISEN = ["none-3:11", "hot:10", "even-a:6", "even-b:6", "only-0:2"];

const putCategories = async (): Promise<void> => {
  const { contents } = d1Database(env.DB);
  const audit = (subject: string) => ({
    ...{ id: crypto.randomUUID(), at: 1, actor: "admin-key", action: "content.put", subject },
    ...{ before: undefined, after: undefined },
  });
  for (const [name, category] of Object.entries(CATEGORIES)) {
    await contents.putCategory(category, category, audit(category));
    await contents.putContent(
      { id: id(name), title: name, url: undefined, category, startViews: 0 },
      audit(name),
    );
  }
};

const view = async (shard: number, row: number, counts: Readonly<Record<string, number>>) => {
  const events = Object.entries(counts).flatMap(([content, count]) =>
    Array.from({ length: count }, () => makeEvent({ content, shard })),
  );
  await tallyOf(shard).append(chunkOf({ source: "traffic", events, row }));
};

const shownNow = async (category?: string) =>
  shown((await board().views("realtime", 100, category))?.contents);

/** Tallies tell by their alarms. */
const becomes = (what: string, wanted: readonly string[]): Promise<void> =>
  eventually(what, async () => {
    for (const shard of TRAFFIC.keys()) await runAlarm(tallyOf(shard));
    return JSON.stringify(await shownNow()) === JSON.stringify(wanted);
  });

describe("from an event to the list", () => {
  test("views are ranked over all shards and by category, rise with new ones, and stay where objects are put away", async () => {
    await putCategories();
    for (const [shard, counts] of TRAFFIC.entries()) await view(shard, 1, counts);
    await becomes("every shard has told", IN_ALL);
    expect(await shownNow("news")).toEqual(["hot:10", "even-b:6"]);
    expect(await shownNow("sport")).toEqual(["even-a:6", "only-0:2"]);
    await view(2, 2, { "none-3": 8 });
    await becomes("the one that was viewed leads", RISEN);
    await runDurableObjectAlarm(board());
    await evictDurableObject(board());
    for (const shard of TRAFFIC.keys()) await evictDurableObject(tallyOf(shard));
    expect(await shownNow()).toEqual(RISEN);
  });

  test("the lists of day, week and month follow with the cron, as of its flush, with the same numbers", async () => {
    await putCategories();
    const begun = Date.now();
    await runCron("*/5 * * * *", composeWorker(env));
    for (const window of ["day", "week", "month"] as const) {
      const ranking = await board().views(window, 100);
      expect(ranking?.asOf).toBeGreaterThanOrEqual(begun);
      expect(shown(ranking?.contents)).toEqual(RISEN);
      const news = await board().views(window, 1, "news");
      expect(news?.contents.map(({ content }) => content)).toEqual([id("hot")]);
    }
    const last = await d1Database(env.DB).jobs.last("rank");
    expect(last).toMatchObject({ job: "rank", failures: 0, statements: 6 });
  });
});
