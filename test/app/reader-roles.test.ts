import { describe, expect, test } from "vitest";
import {
  READER_CHECK_MS,
  READER_CHECK_TIMEOUT_MS,
  READER_LAG_MS,
  READER_RUNS,
} from "../../src/core/limits.ts";
import { READER_ROLES } from "../../src/core/reader-roles.ts";
import { settled } from "../support/hand-time.ts";
import { FakeServer, ReaderWorld } from "../support/reader-world.ts";

const FLUSHES_EVERY_MS = 300_000;

const threeReaders = () => {
  const servers = {
    ranking: new FakeServer("ranking"),
    history: new FakeServer("history"),
    analytics: new FakeServer("analytics"),
  };
  return { world: new ReaderWorld(servers), ...servers };
};

const twoReaders = () => {
  const servers = { history: new FakeServer("history"), analytics: new FakeServer("analytics") };
  return { world: new ReaderWorld(servers), ...servers };
};

describe("where a read goes", () => {
  test("each role to its own server", async () => {
    const { world } = threeReaders();
    for (const role of READER_ROLES) expect(await world.read(role)).toBe(role);
    expect(world.writer.reads).toBe(0);
  });

  test("a role without a server to another reader", async () => {
    const { world } = twoReaders();
    expect(await world.read("ranking")).toBe("history");
  });

  test("roles with one server share it and what is known of it", async () => {
    const one = new FakeServer("one");
    const world = new ReaderWorld({ ranking: one, history: one, analytics: one });
    for (const role of READER_ROLES) expect(await world.read(role)).toBe("one");
    expect(one.checks).toBe(2);
    one.state = "down";
    expect(await world.read("history")).toBe("writer");
    expect(one.reads).toBe(4);
  });

  test("without readers to the writer, and nobody is asked for runs", async () => {
    const world = new ReaderWorld({});
    for (const role of READER_ROLES) expect(await world.read(role)).toBe("writer");
    expect([world.writer.reads, world.writer.checks]).toEqual([3, 0]);
  });

  test("a reader that is the writer itself is no reader", async () => {
    const writer = new FakeServer("writer");
    const world = new ReaderWorld({ history: writer }, writer);
    expect(await world.read("history")).toBe("writer");
    expect(writer.checks).toBe(0);
  });

  test("strong to the writer alone, though every reader is well", async () => {
    const { world, history } = twoReaders();
    expect(await world.read("history", "strong")).toBe("writer");
    world.writer.state = "down";
    await expect(world.read("history", "strong")).rejects.toThrow("writer is down");
    expect([history.reads, history.checks, world.writer.checks]).toEqual([0, 0, 0]);
  });
});

describe("a reader that fails", () => {
  test("is passed over for that call: another reader, then the writer, and in the end what the writer threw", async () => {
    const { world, history, analytics } = twoReaders();
    await world.read("history");
    history.state = "down";
    expect(await world.read("history")).toBe("analytics");
    analytics.state = "down";
    expect(await world.read("history")).toBe("writer");
    world.writer.state = "down";
    await expect(world.read("history")).rejects.toThrow("writer is down");
    history.state = "up";
    expect(await world.read("history")).toBe("history");
  });

  test("the work begins anew on the next server, from its beginning", async () => {
    const { world, history } = twoReaders();
    await world.read("history");
    const asked: boolean[] = [];
    const told = await world.readers.read("history", async (tables) => {
      asked.push(tables === history.tables);
      const first = await tables.registry.broadcaster("b");
      if (tables === history.tables) throw new Error("in the middle of it");
      return [first?.name, (await tables.registry.broadcaster("b"))?.name];
    });
    expect(told).toEqual(["analytics", "analytics"]);
    expect(asked).toEqual([true, false]);
  });

  test("one that does not tell its runs is left alone until its next check", async () => {
    const { world, history } = twoReaders();
    history.state = "down";
    for (let i = 0; i < 5; i += 1) expect(await world.read("history")).toBe("analytics");
    expect([history.checks, history.reads]).toEqual([2, 0]);
    history.state = "up";
    await world.time.pass(READER_CHECK_MS - 1);
    expect(await world.read("history")).toBe("analytics");
    await world.time.pass(1);
    expect(await world.read("history")).toBe("history");
    expect(world.logged).toEqual(["reader.failed history", "reader.back history"]);
  });

  test("one that hangs holds nobody longer than a check, and those who joined no longer", async () => {
    const { world, history } = twoReaders();
    history.state = "hangs";
    const reads = [1, 2, 3].map(() => world.read("history"));
    await settled();
    await world.time.pass(READER_CHECK_TIMEOUT_MS);
    expect(await Promise.all(reads)).toEqual(["analytics", "analytics", "analytics"]);
    expect(history.checks).toBe(2);
    expect(world.time.running).toBe(0);
  });

  test("is tried all the same when nobody else answers", async () => {
    const { world, history, analytics } = twoReaders();
    for (const server of [history, analytics, world.writer]) server.state = "down";
    await expect(world.read("history")).rejects.toThrow("writer is down");
    history.state = "up";
    expect(await world.read("analytics")).toBe("history");
  });

  test("is said once, and that it is back when it has been read from again", async () => {
    const { world, history } = twoReaders();
    await world.read("history");
    history.state = "tells its runs alone";
    for (let i = 0; i < 5; i += 1) {
      expect(await world.read("history")).toBe("analytics");
      await world.time.pass(READER_CHECK_MS);
    }
    expect(world.logged).toEqual(["reader.failed history"]);
    history.state = "up";
    await world.read("history");
    await world.read("history");
    expect(world.logged).toEqual(["reader.failed history", "reader.back history"]);
  });
});

describe("a reader that lags", () => {
  /** Both have all there is, and have been checked. */
  const begun = async () => {
    const two = twoReaders();
    two.world.flush();
    two.world.flush("flush-streams");
    two.world.replicate();
    await two.world.time.pass(FLUSHES_EVERY_MS);
    return two;
  };

  test.each(["flush", "flush-streams"] as const)(
    "lacks a %s that ended longer ago than it may take, and is not asked",
    async (job) => {
      const { world, history, analytics } = await begun();
      world.flush(job, 60_000);
      analytics.follow(world.writer);
      await world.time.pass(READER_LAG_MS);
      expect(await world.read("history")).toBe("history");
      await world.time.pass(READER_CHECK_MS);
      expect(await world.read("history")).toBe("analytics");
      expect(await world.read("analytics")).toBe("analytics");
      expect(world.logged).toEqual([`reader.lagging history ${READER_LAG_MS + READER_CHECK_MS}`]);
      expect(history.reads).toBe(1);
    },
  );

  test("is asked again at the first check at which it has caught up", async () => {
    const { world, history } = await begun();
    world.flush();
    await world.time.pass(READER_LAG_MS + 1);
    expect(await world.read("history")).toBe("writer");
    history.follow(world.writer);
    await world.time.pass(READER_CHECK_MS - 1);
    expect(await world.read("history")).toBe("writer");
    await world.time.pass(1);
    expect(await world.read("history")).toBe("history");
    expect(world.logged.filter((line) => line.includes(" history"))).toEqual([
      `reader.lagging history ${READER_LAG_MS + 1}`,
      "reader.back history",
    ]);
  });

  test("stays one that lags when the next flush has just ended", async () => {
    const { world } = await begun();
    world.flush();
    await world.time.pass(FLUSHES_EVERY_MS);
    world.flush();
    expect(await world.read("history")).toBe("writer");
  });

  test("stays one that lags however fast flushes follow each other", async () => {
    const { world, history } = await begun();
    for (let i = 0; i < 20; i += 1) {
      world.flush();
      await world.time.pass(1_000);
    }
    expect(await world.read("history")).toBe("writer");
    history.follow(world.writer);
    for (let i = 1; i < READER_RUNS; i += 1) world.flush();
    await world.time.pass(READER_CHECK_MS);
    expect(await world.read("history")).toBe("history");
  });

  test("a run that was long is missed from its end on, and one that a longer one outlasted too", async () => {
    const { world, history } = await begun();
    world.flush("flush", 10_000);
    history.follow(world.writer);
    await world.time.pass(5_000);
    // Began first, ended last: the reader has the other one.
    world.flush("flush", 100_000);
    await world.time.pass(READER_LAG_MS);
    expect(await world.read("history")).toBe("history");
    await world.time.pass(READER_CHECK_MS);
    expect(await world.read("history")).toBe("writer");
  });

  test("one that has younger runs than the writer told of does not lag", async () => {
    const { world, history } = await begun();
    await world.read("analytics");
    world.writer.state = "hangs";
    for (let i = 0; i < 2 * READER_RUNS; i += 1) {
      await world.time.pass(60_000);
      world.flush();
      world.flush("flush-streams");
    }
    history.follow(world.writer);
    const read = world.read("history");
    await settled();
    await world.time.pass(READER_CHECK_TIMEOUT_MS);
    expect(await read).toBe("history");
  });

  test("while the writer is away what it told last counts, and one that lags is better than none", async () => {
    const { world, history, analytics } = await begun();
    world.flush();
    analytics.follow(world.writer);
    await world.time.pass(READER_LAG_MS + 1);
    expect(await world.read("history")).toBe("analytics");
    world.writer.state = "down";
    await world.time.pass(READER_CHECK_MS);
    expect(await world.read("history")).toBe("analytics");
    analytics.state = "down";
    expect(await world.read("history")).toBe("history");
    expect(world.logged).not.toContain("reader.back history");
    history.state = "down";
    await expect(world.read("history")).rejects.toThrow("writer is down");
  });
});

describe("checks", () => {
  test("requests at once share one check, and none follows for a while", async () => {
    const { world, history, analytics } = twoReaders();
    const reads = await Promise.all([1, 2, 3, 4].map(() => world.read("history")));
    expect(reads).toEqual(["history", "history", "history", "history"]);
    await world.time.pass(READER_CHECK_MS - 1);
    await world.read("history");
    // One question for each of two jobs.
    expect([history.checks, world.writer.checks, analytics.checks]).toEqual([2, 2, 0]);
    await world.time.pass(1);
    await world.read("history");
    expect([history.checks, world.writer.checks, analytics.checks]).toEqual([4, 4, 0]);
  });

  test("a check whose request is gone holds up those who joined it no longer than a check, and the next one asks anew", async () => {
    const { world, history } = twoReaders();
    history.state = "hangs";
    world.requestsVanish = true;
    void world.read("history");
    await settled();
    world.requestsVanish = false;
    history.state = "up";
    const joined = world.read("history");
    await settled();
    expect(history.checks).toBe(2);
    await world.time.pass(READER_CHECK_TIMEOUT_MS);
    expect(await joined).toBe("analytics");
    expect(await world.read("history")).toBe("history");
    expect(history.checks).toBe(4);
  });

  test("a writer that hangs holds a read up once, and not for longer than a check", async () => {
    const { world } = twoReaders();
    world.writer.state = "hangs";
    const read = world.read("history");
    await settled();
    await world.time.pass(READER_CHECK_TIMEOUT_MS);
    expect(await read).toBe("history");
    expect(await world.read("history")).toBe("history");
    expect(world.writer.checks).toBe(2);
  });
});
