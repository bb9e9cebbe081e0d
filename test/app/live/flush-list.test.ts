import { describe, expect, test } from "vitest";
import { flushStreams } from "../../../src/app/live/flush-streams.ts";
import type { LiveDay, LiveSample } from "../../../src/core/live/lasting.ts";
import { stamp } from "../../../src/core/stamp.ts";
import type { LiveEntry } from "../../../src/protocol/room-rpc.ts";
import { JobDesk } from "../../support/jobs.ts";
import { NOON, RankingsWorld } from "../../support/rankings-world.ts";

const sample = (window: number, viewers = window): LiveSample => ({
  recordedAt: NOON + window * 300_000,
  viewers,
  peak: viewers,
});

const aDay = (day: number, uniques = day): LiveDay => ({
  day: 20_261_100 + day,
  peak: uniques,
  uniques,
  sessions: uniques,
  watchedSeconds: 60 * uniques,
  liveSeconds: 3_600,
});

const numbersOf = ({ samples: _, days: __, ...numbers }: LiveEntry) => numbers;

/** The rows an entry stands for. */
const rowsOf = ({ stream, broadcaster, stamp: of, samples, days }: LiveEntry) => {
  const whose = { stream, broadcaster, stamp: of };
  return {
    samples: samples.map((row) => ({ ...row, ...whose })),
    days: days.map((row) => ({ ...row, ...whose })),
  };
};

/** How many rows each save was given since it was asked last. */
const sentIn = (world: RankingsWorld) =>
  world.tables.sent.splice(0).map(({ save, rows }) => `${save} ${rows}`);

const failing =
  (what: string, message = "the database is away") =>
  async (save: string): Promise<void> => {
    if (save === what) throw new Error(message);
  };

const done = async (): Promise<void> => undefined;

test("a flush writes each stream's numbers, samples and days, with the entry's stamp", async () => {
  const world = new RankingsWorld();
  const one = world.publish("one", {
    viewers: 3,
    category: "games",
    broadcaster: "x",
    samples: [sample(1), sample(2)],
    days: [aDay(20), aDay(21)],
  });
  const two = world.publish("two", { samples: [sample(2)] });
  expect(await world.rankings.flush()).toEqual({ rows: 7, statements: 3 });
  const { current, samples, days } = world.tables;
  expect([...current.values()]).toEqual([numbersOf(one), numbersOf(two)]);
  expect([...samples.values()]).toEqual([...rowsOf(one).samples, ...rowsOf(two).samples]);
  expect([...days.values()]).toEqual(rowsOf(one).days);
});

test("what has not changed since is not written again, what has is, and of its samples the new ones", async () => {
  const world = new RankingsWorld();
  world.publish("quiet", { samples: [sample(1)] });
  world.publish("busy", { samples: [sample(1)], days: [aDay(21, 1)] });
  await world.rankings.flush();
  sentIn(world);
  expect(await world.rankings.flush()).toEqual({ rows: 0, statements: 0 });
  const busy = world.publish("busy", { samples: [sample(1), sample(2)], days: [aDay(21, 2)] });
  await world.rankings.flush();
  expect(sentIn(world)).toEqual(["saveHistory 1", "saveDays 1", "saveCurrent 1"]);
  expect([...world.tables.days.values()]).toEqual(rowsOf(busy).days);
});

test("a stream that ended between two flushes is written as ended, with its last sample", async () => {
  const world = new RankingsWorld();
  world.publish("brief", { viewers: 5, samples: [] });
  const end = world.publish("brief", {
    status: "ended",
    viewers: 0,
    peak: 5,
    samples: [sample(1)],
  });
  await world.rankings.flush();
  expect(world.tables.current.get("brief")).toEqual(numbersOf(end));
  expect([...world.tables.samples.values()]).toEqual(rowsOf(end).samples);
});

test("the number of a syncing stream is not written, its samples and days are; the number it then has is", async () => {
  const world = new RankingsWorld();
  const live = world.publish("s", { viewers: 5 });
  await world.rankings.flush();
  const days = [aDay(21)];
  world.publish("s", { asOf: NOON + 1, status: "syncing", viewers: 9, samples: [sample(1)], days });
  sentIn(world);
  await world.rankings.flush();
  expect(sentIn(world)).toEqual(["saveHistory 1", "saveDays 1"]);
  expect(world.tables.current.get("s")).toEqual(numbersOf(live));
  // The entry as a whole is not called saved.
  const saved = { asOf: NOON, sampledThrough: sample(1).recordedAt };
  expect(world.answerTo("s", { stamp: stamp(0, 0) }).saved).toEqual(saved);
  expect(await world.rankings.flush()).toEqual({ rows: 0, statements: 0 });
  const even = world.publish("s", { viewers: 6 });
  await world.rankings.flush();
  expect(world.tables.current.get("s")).toEqual(numbersOf(even));
});

test("an entry that comes while its stream is being written is not taken for written: the next flush writes it", async () => {
  const world = new RankingsWorld();
  const first = world.publish("s", { viewers: 1, samples: [sample(1)], days: [aDay(21, 1)] });
  const later = world.make("s", {
    asOf: NOON + 1,
    viewers: 2,
    samples: [sample(1), sample(2)],
    days: [aDay(21, 2)],
  });
  world.tables.before = async (save) => {
    if (save === "saveCurrent") world.rankings.publish(later);
  };
  await world.rankings.flush();
  expect(world.tables.current.get("s")).toEqual(numbersOf(first));
  world.tables.before = done;
  const saved = { asOf: NOON, sampledThrough: sample(1).recordedAt };
  expect(world.answerTo("s", { stamp: stamp(0, 0) }).saved).toEqual(saved);
  sentIn(world);
  await world.rankings.flush();
  expect(sentIn(world)).toEqual(["saveHistory 1", "saveDays 1", "saveCurrent 1"]);
  expect(world.tables.current.get("s")).toEqual(numbersOf(later));
  expect(world.tables.samples.size).toBe(2);
  expect([...world.tables.days.values()]).toEqual(rowsOf(later).days);
});

test("thousands of streams go in batches, none of which has more than a thousand rows of a kind", async () => {
  const world = new RankingsWorld();
  for (let i = 0; i < 2_500; i += 1) {
    world.publish(`s${i}`, {
      samples: [sample(1), sample(2), sample(3)].slice(i % 3),
      days: [aDay(21)],
    });
  }
  const { rows, statements } = await world.rankings.flush();
  const sent = world.tables.sent.map((one) => one.rows);
  expect(Math.max(...sent)).toBeLessThanOrEqual(1_000);
  expect(sent.length).toBeLessThanOrEqual(3 * 6);
  expect(statements).toBe(sent.length);
  expect(rows).toBe(sent.reduce((sum, one) => sum + one, 0));
  expect(world.tables.current.size).toBe(2_500);
  expect(world.tables.days.size).toBe(2_500);
});

test("of too many samples the list holds one a stream, the oldest, and calls no other saved; rooms keep the rest", async () => {
  const world = new RankingsWorld(2);
  const samples = [1, 2, 3, 4].map((window) => sample(window));
  world.publish("one", { samples });
  expect(world.answerTo("two", { samples }).saved.sampledThrough).toBe(0);
  for (const through of [1, 2, 3]) {
    await world.rankings.flush();
    const { saved } = world.answerTo("two", { stamp: stamp(0, 0) });
    expect(saved.sampledThrough).toBe(sample(through).recordedAt);
    world.publish("one", { samples });
    world.publish("two", { samples: samples.slice(through) });
    world.alarm();
    world.evict();
  }
  await world.rankings.flush();
  expect(world.tables.samples.size).toBe(8);
});

test("samples are counted as they are held: who tells them again and again is still held as a whole", async () => {
  const world = new RankingsWorld(2);
  const samples = [1, 2].map((window) => sample(window));
  for (let i = 0; i < 20; i += 1) world.publish("s", { samples });
  await world.rankings.flush();
  expect(world.tables.samples.size).toBe(2);
});

test("what is saved of samples stays so when entries without any are written", async () => {
  const world = new RankingsWorld();
  world.publish("s", { samples: [sample(1)] });
  await world.rankings.flush();
  world.publish("s");
  await world.rankings.flush();
  const { sampledThrough } = world.answerTo("s", { stamp: stamp(0, 0) }).saved;
  expect(sampledThrough).toBe(sample(1).recordedAt);
});

describe("a flush that fails", () => {
  test.each(["saveHistory", "saveDays", "saveCurrent"])(
    "in %s says so and marks nothing it did not write; the next one writes all",
    async (save) => {
      const world = new RankingsWorld();
      const entry = world.publish("s", { samples: [sample(1)], days: [aDay(21)] });
      world.tables.before = failing(save);
      await expect(world.rankings.flush()).rejects.toThrow("the database is away");
      const nothing = { asOf: 0, sampledThrough: 0 };
      expect(world.answerTo("s", { stamp: stamp(0, 0) }).saved).toEqual(nothing);
      world.tables.before = done;
      await world.rankings.flush();
      expect(world.tables.current.get("s")).toEqual(numbersOf(entry));
      expect([...world.tables.samples.values()]).toEqual(rowsOf(entry).samples);
      expect([...world.tables.days.values()]).toEqual(rowsOf(entry).days);
    },
  );

  test("whose answer alone was lost is repeated, and the tables are as they were", async () => {
    const world = new RankingsWorld();
    const entry = world.publish("s", { samples: [sample(1)] });
    world.tables.after = failing("saveHistory", "the answer was lost");
    await expect(world.rankings.flush()).rejects.toThrow("the answer was lost");
    world.tables.after = done;
    await world.rankings.flush();
    expect([...world.tables.samples.values()]).toEqual(rowsOf(entry).samples);
  });

  test("half way keeps the marks of what it wrote: the next one writes the rest alone", async () => {
    const world = new RankingsWorld();
    for (let i = 0; i < 1_500; i += 1) world.publish(`s${i}`);
    let saves = 0;
    world.tables.before = async () => {
      saves += 1;
      if (saves === 2) throw new Error("the database is away");
    };
    await expect(world.rankings.flush()).rejects.toThrow("the database is away");
    expect(sentIn(world)).toEqual(["saveCurrent 1000"]);
    expect(await world.rankings.flush()).toEqual({ rows: 500, statements: 1 });
  });

  test("leaves a job that says why; the one after it has nothing to say", async () => {
    const world = new RankingsWorld();
    world.publish("s");
    const desk = new JobDesk(NOON);
    world.tables.before = failing("saveCurrent");
    const failed = await flushStreams({ ...desk, rankings: world.rankings });
    expect(failed).toMatchObject({ job: "flush-streams", rows: 0, statements: 0, failures: 1 });
    expect(JSON.parse(failed.detail)).toEqual([{ cause: "Error: the database is away" }]);
    expect(desk.logged).toContain("flush-streams.failed");
    world.tables.before = done;
    const run = await flushStreams({ ...desk, rankings: world.rankings });
    expect(run).toMatchObject({ rows: 1, statements: 1, failures: 0, detail: "" });
    expect(desk.recorded).toEqual([failed, run]);
  });
});

describe("of flushes there is one at a time", () => {
  test("those who ask meanwhile share the next, which has what came before they asked", async () => {
    const world = new RankingsWorld();
    world.publish("s", { viewers: 1 });
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    let saves = 0;
    world.tables.before = () => {
      saves += 1;
      reached.resolve();
      return gate.promise;
    };
    const first = world.rankings.flush();
    await reached.promise;
    const entry = world.publish("s", { viewers: 2 });
    const others = [world.rankings.flush(), world.rankings.flush()];
    await Promise.resolve();
    expect(saves).toBe(1);
    gate.resolve();
    expect(await first).toEqual({ rows: 1, statements: 1 });
    expect(await Promise.all(others)).toEqual(Array(2).fill({ rows: 1, statements: 1 }));
    expect(world.tables.current.get("s")).toEqual(numbersOf(entry));
    expect(saves).toBe(2);
    expect(await world.rankings.flush()).toEqual({ rows: 0, statements: 0 });
  });

  test("one that fails fails nobody who asked for the next", async () => {
    const world = new RankingsWorld();
    world.publish("s");
    let saves = 0;
    world.tables.before = async () => {
      saves += 1;
      if (saves === 1) throw new Error("the database is away");
    };
    const [first, second] = await Promise.allSettled([
      world.rankings.flush(),
      world.rankings.flush(),
    ]);
    expect(first?.status).toBe("rejected");
    expect(second).toEqual({ status: "fulfilled", value: { rows: 1, statements: 1 } });
  });
});

describe("marks", () => {
  test("are saved with their entries: after a new life nothing is written again, and rooms hear of them", async () => {
    const world = new RankingsWorld();
    world.publish("s", { samples: [sample(1)] });
    await world.rankings.flush();
    world.alarm();
    world.evict();
    sentIn(world);
    expect(await world.rankings.flush()).toEqual({ rows: 0, statements: 0 });
    const saved = { asOf: NOON, sampledThrough: sample(1).recordedAt };
    expect(world.answerTo("s").saved).toEqual(saved);
  });

  test("that were lost with the memory cost a repeat, and change nothing", async () => {
    const world = new RankingsWorld();
    const entry = world.publish("s", { samples: [sample(1)], days: [aDay(21)] });
    world.alarm();
    await world.rankings.flush();
    world.evict();
    expect(world.answerTo("s", { stamp: stamp(0, 0) }).saved.asOf).toBe(0);
    expect(await world.rankings.flush()).toMatchObject({ rows: 3 });
    expect(world.tables.current.get("s")).toEqual(numbersOf(entry));
    expect([...world.tables.samples.values()]).toEqual(rowsOf(entry).samples);
  });

  test("are saved though nothing is published any more", async () => {
    const world = new RankingsWorld();
    world.publish("s");
    world.alarm();
    expect(world.disk.alarm).toBeUndefined();
    await world.rankings.flush();
    expect(world.disk.alarm).toBeGreaterThan(world.now);
  });
});
