import { describe, expect, test } from "vitest";
import {
  CHECKPOINT_MAX_MS,
  CHECKPOINT_MIN_MS,
  HOUR_MS,
  MINUTE_MS,
  PUBLISH_BACKOFF_MAX_MS,
  PUBLISH_MAX_COUNTS,
  PUBLISH_PROBE_FOR_MS,
  PUBLISH_PROBE_MS,
  PUBLISH_WINDOW_MS,
} from "../../../src/core/limits.ts";
import { content } from "../../support/events.ts";
import { settled } from "../../support/hand-time.ts";
import { PublishingWorld } from "../../support/publishing-world.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 24 * HOUR_MS;
/** Until all is published and saved, and no probe yet. */
const QUIET_MS = PUBLISH_PROBE_MS - PUBLISH_WINDOW_MS - 1;

const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, serial) => `c${serial}`);

/** All of them counted and saved, in chunks of a thousand. */
const counted = async (world: PublishingWorld, contents: readonly string[]): Promise<void> => {
  for (let from = 0; from < contents.length; from += 1_000) {
    await world.view(...contents.slice(from, from + 1_000));
  }
};

describe("what changes", () => {
  test("within a window is published in one call at its end, a content once with its last number", async () => {
    const world = new PublishingWorld(NOON);
    for (let views = 0; views < 50; views += 1) await world.view("a");
    await world.view("b", "b");
    await world.pass(PUBLISH_WINDOW_MS - 1);
    expect(world.readModel.calls).toEqual([]);
    await world.pass(1);
    expect(world.readModel.sizes).toEqual([2]);
    expect(world.readModel.calls[0]?.[0]).toMatchObject({
      content: "a",
      shard: 0,
      views: 50,
      stamp: world.harness.stamp("a"),
      asOf: NOON + PUBLISH_WINDOW_MS,
    });
    expect(world.readModel.views("b")).toBe(2);
  });

  test("is published once: nothing follows but a look now and then", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    await world.pass(MINUTE_MS);
    expect(world.readModel.sizes).toEqual([1, 0, 0]);
  });

  test("in many contents goes in as few calls as hold them, one after another", async () => {
    const world = new PublishingWorld(NOON);
    await counted(world, many(2 * PUBLISH_MAX_COUNTS + 500));
    await world.pass(PUBLISH_WINDOW_MS);
    expect(world.readModel.sizes).toEqual([PUBLISH_MAX_COUNTS, PUBLISH_MAX_COUNTS, 500]);
    expect(world.missing(many(2_500))).toEqual([]);
  });

  test("while a call is on its way waits for its own window, and no second call begins", async () => {
    const world = new PublishingWorld(NOON);
    world.readModel.fate = "held";
    await world.view("a");
    await world.pass(PUBLISH_WINDOW_MS);
    await world.view("a", "b");
    await world.pass(MINUTE_MS);
    expect(world.readModel.sizes).toEqual([1]);
    world.readModel.fate = "done";
    world.readModel.release();
    await settled();
    await world.pass(PUBLISH_WINDOW_MS);
    expect(world.readModel.sizes).toEqual([1, 2]);
    expect(world.missing(["a", "b"])).toEqual([]);
  });

  test("is published although the alarm's handler is at something else, when the next views come", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    world.harness.now += PUBLISH_WINDOW_MS;
    await world.view("b");
    expect(world.missing(["a", "b"])).toEqual([]);
  });
});

describe("every way in which a number changes is told:", () => {
  const told = async (change: (world: PublishingWorld) => Promise<unknown> | unknown) => {
    const world = new PublishingWorld(NOON);
    await world.view("a", "a", "a");
    await world.pass(QUIET_MS);
    await change(world);
    await world.pass(PUBLISH_WINDOW_MS);
    expect(world.missing(["a", "b"])).toEqual([]);
    return world;
  };

  test("a restated number, also down", async () => {
    const world = await told(({ harness }) => harness.tally.restate(content("a"), 1));
    expect(world.readModel.views("a")).toBe(1);
  });

  test("a start value", async () => {
    const world = await told(({ harness }) => harness.tally.setStart(content("b"), 70));
    expect(world.readModel.views("b")).toBe(70);
  });

  test("what correction finds", async () => {
    const world = await told(({ harness }) => harness.settle(NOON, { a: 9, b: 4 }));
    expect(world.readModel.views("a")).toBe(9);
    expect(world.readModel.views("b")).toBe(4);
  });

  test("closing: the same number with the stamp that it has then", async () => {
    const world = await told(async ({ harness }) => {
      harness.now += 100 * DAY_MS;
      expect(await harness.tally.close(harness.now)).toMatchObject({ cells: 1 });
    });
    expect(world.readModel.views("a")).toBe(3);
    expect(world.readModel.parts.get("0 a")?.stamp).toBe(world.harness.stamp("a"));
  });

  test("and each of them brings its alarm along", () => {
    const { harness } = new PublishingWorld(NOON);
    harness.tally.restate(content("a"), 5);
    expect(harness.disk.alarm).toBe(NOON + PUBLISH_WINDOW_MS);
  });
});

describe("a read model that is away", () => {
  /** Views at odd times, for ten minutes. */
  const busy = async (world: PublishingWorld) => {
    for (let step = 0; step < 200; step += 1) {
      await world.view("a", `c${step % 7}`);
      await world.pass(1_700 + (step % 13) * 200);
    }
  };

  test("moves no checkpoint, no archiving and no acknowledgement, nor does one that works", async () => {
    const [none, working, away] = [
      new PublishingWorld(NOON, { readModel: "none" }),
      new PublishingWorld(NOON),
      new PublishingWorld(NOON),
    ];
    away.readModel.fate = "refused";
    for (const world of [none, working, away]) await busy(world);
    expect(none.checkpoints.length).toBeGreaterThan(30);
    expect(working.checkpoints).toEqual(none.checkpoints);
    expect(away.checkpoints).toEqual(none.checkpoints);
    expect(away.harness.tally.status()).toEqual(none.harness.tally.status());
    await away.harness.tally.flush();
    expect(away.harness.database.parts.size).toBe(8);
  });

  test("loses nothing, is asked again with growing pauses, and is reported once", async () => {
    const world = new PublishingWorld(NOON);
    world.readModel.fate = "refused";
    await busy(world);
    const calls = world.readModel.calls.length;
    await world.pass(10 * MINUTE_MS);
    const more = world.readModel.calls.length - calls;
    expect(more).toBeGreaterThanOrEqual((10 * MINUTE_MS) / PUBLISH_BACKOFF_MAX_MS);
    expect(more).toBeLessThanOrEqual((20 * MINUTE_MS) / PUBLISH_BACKOFF_MAX_MS);
    expect(world.harness.problems).toEqual(["tally.not-publishing"]);
    world.readModel.fate = "done";
    await world.pass(PUBLISH_BACKOFF_MAX_MS);
    expect(world.missing(["a", ...many(7)])).toEqual([]);
    expect(world.harness.problems).toEqual(["tally.not-publishing", "tally.publishing"]);
  });

  test("whose answers are lost or which does late what it did not do ends with the newest numbers", async () => {
    const world = new PublishingWorld(NOON);
    for (const fate of ["done, answer lost", "late", "late", "done"] as const) {
      world.readModel.fate = fate;
      await world.view("a");
      await world.pass(PUBLISH_BACKOFF_MAX_MS);
    }
    world.readModel.doLate();
    expect(world.readModel.views("a")).toBe(4);
    expect(world.missing(["a"])).toEqual([]);
  });
});

describe("a life that ends", () => {
  test("before what it counted is published leaves an alarm to the next one, which publishes it", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    world.harness.crash();
    await world.pass(2 * PUBLISH_WINDOW_MS);
    expect(world.readModel.views("a")).toBe(1);
  });

  test("with a call on its way leaves an alarm, also when all is saved", async () => {
    const world = new PublishingWorld(NOON);
    world.readModel.fate = "held";
    await world.view("a");
    await world.pass(PUBLISH_WINDOW_MS);
    world.harness.tally.checkpoint();
    world.harness.evict();
    world.readModel.fate = "done";
    await world.pass(MINUTE_MS);
    expect(world.missing(["a"])).toEqual([]);
  });

  test("takes no number along that was not on disk: none is told before", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    await world.pass(QUIET_MS);
    world.harness.beforeLeaving = async () => {
      await Promise.resolve();
      world.harness.crash();
    };
    world.harness.tally.restate(content("a"), 90);
    world.harness.now += PUBLISH_WINDOW_MS;
    await world.harness.tally.alarm();
    await settled();
    world.harness.beforeLeaving = () => undefined;
    await world.pass(MINUTE_MS);
    expect(world.readModel.views("a")).toBe(1);
    expect(world.missing(["a"])).toEqual([]);
  });

  test("after all is published and saved makes the next one publish nothing again", async () => {
    const world = new PublishingWorld(NOON);
    await counted(world, many(30));
    await world.pass(CHECKPOINT_MAX_MS);
    world.harness.evict();
    await world.pass(MINUTE_MS);
    expect(world.readModel.sizes.filter((size) => size > 0)).toEqual([30]);
  });

  test("right after a checkpoint with something unpublished neither", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    world.harness.tally.checkpoint();
    await world.pass(PUBLISH_WINDOW_MS);
    world.harness.evict();
    await world.pass(MINUTE_MS);
    expect(world.readModel.sizes.filter((size) => size > 0)).toEqual([1]);
  });

  test("with something unsaved is followed by one that saves it in its time", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    world.harness.crash();
    await world.pass(CHECKPOINT_MAX_MS);
    expect(world.harness.tally.status()).toMatchObject({ position: 1, checkpoint: 1 });
  });

  test("whenever it rests does not put off the checkpoint: it has the time it had", async () => {
    const world = new PublishingWorld(NOON);
    world.readModel.fate = "refused";
    await world.view("a");
    while (world.checkpoints.length === 0) {
      world.harness.now = world.harness.disk.alarm ?? Number.NaN;
      world.harness.evict();
      // What the constructor set is what rings, as on a platform that takes its word.
      await world.pass(PUBLISH_WINDOW_MS);
      if (world.harness.now > NOON + MINUTE_MS) break;
    }
    const [[, at] = [0, 0]] = world.checkpoints;
    expect(at - NOON).toBeGreaterThanOrEqual(CHECKPOINT_MIN_MS);
    expect(at - NOON).toBeLessThanOrEqual(CHECKPOINT_MAX_MS);
  });
});

describe("a read model that has lost everything", () => {
  test("has it again as soon as somebody is counted, whatever was not published meanwhile included", async () => {
    const world = new PublishingWorld(NOON);
    await counted(world, many(10));
    await world.pass(QUIET_MS);
    world.readModel.lose();
    await world.view("a");
    await world.pass(PUBLISH_WINDOW_MS);
    expect(world.missing(["a", ...many(10)])).toEqual([]);
  });

  test("has 20,000 contents of a shard again in 20 calls, the youngest first", async () => {
    const world = new PublishingWorld(NOON);
    const contents = many(20_000);
    await counted(world, contents);
    await world.pass(MINUTE_MS);
    expect(world.missing(contents)).toEqual([]);
    world.readModel.lose();
    world.readModel.calls.length = 0;
    await world.pass(PUBLISH_PROBE_MS);
    expect(world.missing(contents)).toEqual([]);
    expect(world.readModel.sizes).toEqual([0, ...Array.from({ length: 20 }, () => 1_000)]);
    const thousands = world.readModel.calls.slice(1).map(([part]) => part?.stamp ?? "");
    expect(thousands.every((it, index) => it <= (thousands[index - 1] ?? it))).toBe(true);
  });

  test("in part, having fallen back to an older state, has again what changed since, and nothing else is sent", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("old");
    await world.pass(MINUTE_MS);
    const fallBack = world.readModel.copy();
    await world.view("a", "b");
    await world.pass(2_000);
    await world.view("c");
    await world.pass(2_000);
    expect(world.missing(["old", "a", "b", "c"])).toEqual([]);
    fallBack();
    expect(world.missing(["old", "a", "b", "c"])).toEqual(["a", "b", "c"]);
    world.readModel.calls.length = 0;
    await world.pass(PUBLISH_PROBE_MS);
    expect(world.missing(["old", "a", "b", "c"])).toEqual([]);
    expect(world.readModel.contents).not.toContain("old");
  });

  test.each([
    ["what it kept a mark of", MINUTE_MS],
    ["all it had been told, with its name", 0],
  ])(
    "in part, but for %s, has it again although the first answers after that are lost",
    async (_, before) => {
      const world = new PublishingWorld(NOON);
      const contents = ["old", "a", "b", "c"];
      if (before > 0) await world.view("old");
      await world.pass(before);
      const fallBack = world.readModel.copy();
      await world.view("a", "b");
      await world.pass(MINUTE_MS);
      fallBack();
      world.readModel.fate = "done, answer lost";
      await world.view("c");
      await world.pass(5_000);
      expect(world.missing(contents)).toEqual(["a", "b"]);
      world.harness.evict();
      await world.pass(5_000);
      world.readModel.fate = "done";
      await world.pass(MINUTE_MS);
      expect(world.missing(contents)).toEqual([]);
    },
  );

  test("in part, while the Tally was put away, has again what it lost", async () => {
    const world = new PublishingWorld(NOON);
    const fallBack = world.readModel.copy();
    await world.view("a");
    await world.pass(MINUTE_MS);
    fallBack();
    world.harness.evict();
    await world.pass(PUBLISH_PROBE_MS);
    expect(world.missing(["a"])).toEqual([]);
  });

  test("nothing, and whose calls come late or twice, is sent nothing again", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    world.readModel.fate = "done, answer lost";
    await world.pass(5_000);
    world.readModel.fate = "late";
    await world.view("b");
    await world.pass(5_000);
    world.readModel.fate = "done";
    await world.pass(30_000);
    world.readModel.doLate();
    world.readModel.calls.length = 0;
    await world.pass(2 * PUBLISH_PROBE_MS);
    expect(world.readModel.contents).toEqual([]);
  });

  test("twice, the second time half way, has all of it again", async () => {
    const world = new PublishingWorld(NOON);
    const contents = many(5_000);
    await counted(world, contents);
    await world.pass(MINUTE_MS);
    world.readModel.lose();
    let calls = 0;
    world.harness.beforeLeaving = () => {
      calls += 1;
      if (calls === 3) world.readModel.lose();
    };
    await world.pass(PUBLISH_PROBE_MS);
    expect(world.missing(contents)).toEqual([]);
  });

  test("is noticed without any traffic, until an hour after the last change", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    await world.pass(PUBLISH_PROBE_FOR_MS - PUBLISH_PROBE_MS);
    world.readModel.lose();
    await world.pass(PUBLISH_PROBE_MS);
    expect(world.missing(["a"])).toEqual([]);
    world.readModel.calls.length = 0;
    await world.pass(DAY_MS);
    expect(world.readModel.calls).toEqual([]);
    expect(world.harness.disk.alarm).toBeUndefined();
  });

  test("is noticed by a Tally that crashed before it saved anything", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    world.harness.crash();
    await world.pass(MINUTE_MS);
    world.readModel.lose();
    await world.pass(PUBLISH_PROBE_MS);
    expect(world.missing(["a"])).toEqual([]);
  });

  test("is noticed by a Tally that was evicted meanwhile, which looks no longer for that", async () => {
    const world = new PublishingWorld(NOON);
    await world.view("a");
    await world.pass(MINUTE_MS);
    world.harness.evict();
    world.readModel.lose();
    await world.pass(PUBLISH_PROBE_MS);
    expect(world.missing(["a"])).toEqual([]);
    for (let life = 0; life < 5; life += 1) {
      await world.pass(20 * MINUTE_MS);
      world.harness.evict();
    }
    world.readModel.calls.length = 0;
    await world.pass(DAY_MS);
    expect(world.readModel.calls).toEqual([]);
  });
});

test("a Tally whose numbers nobody published yet tells them all when it is asked to", async () => {
  const before = new PublishingWorld(NOON, { readModel: "none" });
  await counted(before, many(2_500));
  before.harness.tally.checkpoint();
  before.harness.disk.flush();
  const world = new PublishingWorld(NOON + DAY_MS, { disk: before.harness.disk });
  await world.pass(MINUTE_MS);
  expect(world.missing(many(2_500))).toEqual([]);
});

test("where objects answer readers themselves nothing is kept, and no alarm rings but for the checkpoint", async () => {
  const world = new PublishingWorld(NOON, { readModel: "none" });
  await world.view("a");
  await world.pass(DAY_MS);
  expect(world.rings).toHaveLength(1);
  expect(world.harness.disk.read("SELECT * FROM meta WHERE name = 'published'")).toEqual([]);
});
