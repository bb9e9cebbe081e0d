import {
  abortAllDurableObjects,
  evictAllDurableObjects,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { collectorStore } from "../../../src/adapters/objects/collector-store.ts";
import { jsonLog } from "../../../src/adapters/runtime/json-log.ts";
import { systemClock, systemRandom, systemTimers } from "../../../src/adapters/runtime/runtime.ts";
import { Collector } from "../../../src/app/views/collector.ts";
import type { Tallies } from "../../../src/ports/tallies.ts";
import { framesOfEvents, makeEvent } from "../support/events.ts";
import {
  type CollectorStub,
  chunkOf,
  collectorAt,
  countedIn,
  drain,
  eventually,
  hold,
  letCheckpointCome,
  rowsOf,
  saveTally,
  tallyOf,
} from "../support/objects.ts";

const WAYS = [
  ["eviction", "E", evictAllDurableObjects],
  ["abort", "A", abortAllDurableObjects],
] as const;

const append = async (colo: string, shard: number, views: number): Promise<void> => {
  const events = Array.from({ length: views }, () => makeEvent({ content: "crashed", shard }));
  expect(await collectorAt(colo).append(framesOfEvents(events))).toEqual({ status: "committed" });
};

/** Drains over the object's own storage, with hand-overs that may go wrong. */
const drainBy = (collector: CollectorStub, append: Tallies["append"]): Promise<void> =>
  runInDurableObject(collector, async (_, state) => {
    const background = (work: Promise<void>) => state.waitUntil(work);
    const store = collectorStore(state.storage, () => "unused", background);
    await new Collector({
      name: state.id.name ?? "",
      store,
      tallies: { append },
      clock: systemClock,
      timers: systemTimers,
      random: systemRandom,
      log: jsonLog,
      background,
    }).alarm();
  });

describe.each(WAYS)("an %s", (_, letter, die) => {
  const shard = letter === "E" ? 600 : 700;

  test("between append and drain loses nothing and counts nothing twice", async () => {
    const colo = `QA${letter}`;
    await append(colo, shard, 3);
    await hold(collectorAt(colo));
    await die();
    expect(await countedIn(shard, "crashed")).toBe(0);
    await drain(collectorAt(colo));
    expect(await countedIn(shard, "crashed")).toBe(3);
  });

  test("between drain and fold, the chunk lost on its way, loses nothing", async () => {
    const colo = `QB${letter}`;
    await append(colo, shard + 1, 3);
    await drainBy(collectorAt(colo), () => Promise.reject(new Error("lost")));
    await die();
    expect(await countedIn(shard + 1, "crashed")).toBe(0);
    await drain(collectorAt(colo));
    expect(await countedIn(shard + 1, "crashed")).toBe(3);
  });

  test("after the fold, its answer lost on its way, counts nothing twice", async () => {
    const colo = `QC${letter}`;
    await append(colo, shard + 2, 3);
    await drainBy(collectorAt(colo), async (to, chunk) => {
      await tallyOf(to).append(chunk);
      throw new Error("lost");
    });
    await die();
    expect(await countedIn(shard + 2, "crashed")).toBe(3);
    await append(colo, shard + 2, 2);
    await drain(collectorAt(colo));
    expect(await countedIn(shard + 2, "crashed")).toBe(5);
  });

  test("between fold and checkpoint loses nothing, and copies stay copies", async () => {
    const source = `crash-${letter}`;
    const events = [1, 2, 3].map(() => makeEvent({ content: "crashed", shard: shard + 3 }));
    const tally = () => tallyOf(shard + 3);
    await tally().append(chunkOf({ source, events }));
    await hold(tally());
    await die();
    expect(await rowsOf(tally(), "SELECT * FROM cells")).toEqual([]);
    expect(await countedIn(shard + 3, "crashed")).toBe(3);
    await tally().append(chunkOf({ source: `${source}-other`, events }));
    expect(await countedIn(shard + 3, "crashed")).toBe(3);
  });

  test("after the checkpoint counts nothing of the log a second time", async () => {
    const source = `crash-${letter}`;
    const tally = () => tallyOf(shard + 4);
    const events = [1, 2].map(() => makeEvent({ content: "crashed", shard: shard + 4 }));
    await tally().append(chunkOf({ source, events }));
    await saveTally(tally());
    await die();
    expect(await countedIn(shard + 4, "crashed")).toBe(2);
    const more = [makeEvent({ content: "crashed", shard: shard + 4 })];
    await tally().append(chunkOf({ source, events: more, row: 2 }));
    await die();
    expect(await countedIn(shard + 4, "crashed")).toBe(3);
  });

  test("at any moment of drain and fold leaves every view counted once", async () => {
    const colo = `QD${letter}`;
    for (let round = 0; round < 10; round += 1) {
      await append(colo, shard + 5, 5);
      const draining = runDurableObjectAlarm(collectorAt(colo)).catch(() => false);
      for (let turn = 0; turn < round; turn += 1) await scheduler.wait(0);
      await die();
      await draining;
    }
    await drain(collectorAt(colo));
    expect(await countedIn(shard + 5, "crashed")).toBe(50);
  });

  test("right after an append, with no traffic ever after, leaves it to the alarms", async () => {
    const colo = `QE${letter}`;
    await append(colo, shard + 6, 4);
    await die();
    await eventually("all is counted", async () => (await countedIn(shard + 6, "crashed")) === 4);
    expect(await rowsOf(tallyOf(shard + 6), "SELECT source FROM marks")).toEqual([
      { source: expect.stringMatching(new RegExp(`^collector:${colo}:0:[A-Za-z0-9_-]{12}$`)) },
    ]);
    const isSaved = async () => {
      const saved = await rowsOf(tallyOf(shard + 6), "SELECT counted FROM cells");
      return saved.length === 1 && saved[0]?.counted === 4;
    };
    await letCheckpointCome(tallyOf(shard + 6), isSaved);
    await eventually("it is saved", isSaved);
  });
});
