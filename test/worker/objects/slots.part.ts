import { abortAllDurableObjects, evictAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { d1Database } from "../../../src/adapters/d1/database.ts";
import type { ShardSlots } from "../../../src/protocol/rankings-rpc.ts";
import { ViewRankings } from "../../../src/worker.ts";
import { id, makeEvent } from "../support/events.ts";
import { chunkOf, countedIn, eventually, rowsOf, saveTally, tallyOf } from "../support/objects.ts";

/** What Tallies told the object of rankings, the newest of each shard. */
const told = new Map<number, ShardSlots>();
const stamps: string[] = [];
vi.spyOn(ViewRankings.prototype, "publish").mockImplementation(async (slots) => {
  told.set(slots.shard, slots);
  stamps.push(`${slots.shard} ${slots.stamp}`);
});

const append = (shard: number, contents: readonly string[], row = 1): Promise<unknown> => {
  const events = contents.map((content) => makeEvent({ content, shard }));
  return tallyOf(shard).append(chunkOf({ source: `slots-${shard}`, events, row }));
};

const shownOf = (shard: number): Record<string, number> =>
  Object.fromEntries(
    (told.get(shard)?.contents ?? []).map(({ content, views, before }) => [
      content,
      views + before,
    ]),
  );

const untilTold = (shard: number, expected: Record<string, number>): Promise<void> =>
  eventually(`${JSON.stringify(expected)} is told`, async () => {
    const shown = shownOf(shard);
    const ids = Object.keys({ ...shown, ...expected });
    return ids.every((content) => shown[content] === expected[content]);
  });

describe.each([
  ["eviction", 900, evictAllDurableObjects],
  ["abort", 920, abortAllDurableObjects],
] as const)("an %s", (_, shard, die) => {
  test("right after a view is counted leaves its telling to the alarm", async () => {
    await append(shard, ["a", "a", "b"]);
    await die();
    await untilTold(shard, { a: 2, b: 1 });
    expect(await rowsOf(tallyOf(shard), "SELECT * FROM slots")).toEqual([]);
  });

  test("before and after a checkpoint counts no view twice", async () => {
    await append(shard + 1, ["a", "a"]);
    await saveTally(tallyOf(shard + 1));
    await die();
    await append(shard + 1, ["a", "c"], 2);
    await die();
    await append(shard + 1, ["c"], 3);
    await untilTold(shard + 1, { a: 3, c: 2 });
    await saveTally(tallyOf(shard + 1));
    const rows = await rowsOf(
      tallyOf(shard + 1),
      "SELECT content, SUM(counted) AS counted FROM slots GROUP BY content ORDER BY content",
    );
    expect(rows).toEqual([
      { content: "a", counted: 3 },
      { content: "c", counted: 2 },
    ]);
    expect(await countedIn(shard + 1, "a")).toBe(3);
  });

  test("at any moment, over and over, ends in a telling of everything", async () => {
    for (let round = 1; round <= 8; round += 1) {
      await append(shard + 2, ["a", "b"], round);
      for (let turn = 0; turn < round; turn += 1) await scheduler.wait(20);
      await die();
    }
    await untilTold(shard + 2, { a: 8, b: 8 });
  });
});

test("contents are told with the categories that the database has of them", async () => {
  const { contents } = d1Database(env.DB);
  const audit = (entry: string) => ({
    id: entry,
    at: Date.now(),
    actor: "a test",
    action: "put",
    subject: entry,
    before: null,
    after: null,
  });
  await contents.putCategory("news", "News", audit("slots-category"));
  const content = { id: id("slots-known"), category: "news", startViews: 0 };
  await contents.putContent(content, audit("slots-content"));
  await append(940, ["slots-known", "slots-unknown"]);
  await untilTold(940, { "slots-known": 1, "slots-unknown": 1 });
  const categories = told.get(940)?.contents.map((it) => [it.content, it.category]);
  expect(Object.fromEntries(categories ?? [])).toEqual({
    "slots-known": "news",
    "slots-unknown": null,
  });
});

test("no stamp was told twice, nor after a larger one of its shard", () => {
  const newest = new Map<string, string>();
  for (const [shard = "", stamp = ""] of stamps.map((it) => it.split(" "))) {
    expect(stamp > (newest.get(shard) ?? "")).toBe(true);
    newest.set(shard, stamp);
  }
});
