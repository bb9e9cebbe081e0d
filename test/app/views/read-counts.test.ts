import { beforeEach, describe, expect, test } from "vitest";
import { objectsReadModel } from "../../../src/adapters/objects/read-model.ts";
import { type Count, CountReader, type CountsRead } from "../../../src/app/views/read-counts.ts";
import { type ContentId, contentId } from "../../../src/core/ids.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { homesOf, parseSchedule, type ShardSchedule } from "../../../src/core/views/shards.ts";
import type { JobRun } from "../../../src/ports/database.ts";
import { HandTime, settled } from "../../support/hand-time.ts";
import { MemoryCountTables } from "../../support/memory-count-tables.ts";
import { NO_STREAMS } from "../../support/no-streams.ts";
import { readersOf } from "../../support/read-tables.ts";

interface Ask {
  readonly shard: number;
  readonly contents: readonly ContentId[];
}

let time: HandTime;
let asks: Ask[];
let views: number;
let up: boolean;
let database: MemoryCountTables;

const id = (text: string): ContentId => {
  const known = contentId(text);
  if (known === undefined) throw new Error(`"${text}" is no content id`);
  return known;
};

const scheduleOf = (text: string): ShardSchedule => {
  const parsed = parseSchedule(text);
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

const makeReader = (text = "8") => {
  const schedule = scheduleOf(text);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const tallies = {
    async counts(shard: number, contents: readonly ContentId[]) {
      asks.push({ shard, contents });
      const told = { asOf: time.now() - shard, views };
      await settled();
      if (!up) throw new Error("gone");
      const counts = contents.map((content) => ({
        content,
        views: told.views,
        stamp: stamp(1, 1),
      }));
      return { asOf: told.asOf, counts };
    },
  };
  const reader = new CountReader({
    clock: time,
    timers: time,
    schedule,
    log,
    readers: readersOf({
      counts: { totals: (contents) => database.totals(contents) },
      jobs: { lastWhole: async () => LAST_FLUSH },
    }),
    objects: objectsReadModel({ tallies, ...NO_STREAMS, schedule, log }),
  });
  return {
    read: (contents: readonly ContentId[]) => reader.read(contents, neverUsed),
    readStrong: (contents: readonly ContentId[]) => reader.readStrong(contents),
  };
};

const neverUsed = (): never => {
  throw new Error("there is nothing to do in the background");
};

beforeEach(() => {
  time = new HandTime();
  asks = [];
  views = 5;
  up = true;
  database = new MemoryCountTables();
});

const LAST_FLUSH: JobRun = {
  id: "1",
  job: "flush",
  startedAt: 1_234,
  durationMs: 1,
  rows: 1,
  statements: 1,
  failures: 0,
  detail: "",
};

const saved = (content: ContentId, shard: number, published: number) =>
  database.saveTotals([
    {
      content,
      shard,
      closed: 0,
      closedThrough: 0,
      published,
      start: 0,
      restated: 0,
      stamp: stamp(1, 1),
    },
  ]);

const A = id("a");
const B = id("b");

const only = ({ counts }: CountsRead) => {
  expect(counts).toHaveLength(1);
  return counts[0];
};

test("a count is asked for once while it is fresh, and again after", async () => {
  const reader = makeReader();
  expect(only(await reader.read([A]))).toMatchObject({ views: 5, source: "tally" });
  views = 6;
  expect(only(await reader.read([A]))).toMatchObject({ views: 5, source: "memo" });
  expect(asks).toHaveLength(1);
  await time.pass(5_000);
  expect(only(await reader.read([A]))).toMatchObject({ views: 6, source: "tally" });
});

test("readers at the same time share one question", async () => {
  const reader = makeReader();
  const reads = await Promise.all(Array.from({ length: 50 }, () => reader.read([A])));
  for (const read of reads) expect(only(read)).toMatchObject({ views: 5, source: "tally" });
  expect(asks).toHaveLength(1);
});

test("a strong read shares nothing and asks whatever is remembered", async () => {
  const reader = makeReader();
  await reader.read([A]);
  views = 6;
  const reads = await Promise.all([reader.readStrong([A]), reader.readStrong([A])]);
  for (const read of reads) expect(read).toMatchObject([{ views: 6, source: "tally" }]);
  expect(asks).toHaveLength(3);
});

test("many contents cost one question a shard, and are answered in the order asked for", async () => {
  const contents = Array.from({ length: 40 }, (_, n) => id(`c${n}`));
  const orderOf = (counts: readonly Count[] | undefined) => counts?.map(({ content }) => content);
  expect(orderOf((await makeReader("4").read(contents)).counts)).toEqual(contents);
  expect(asks).toHaveLength(4);
  expect(orderOf(await makeReader("4").readStrong(contents))).toEqual(contents);
  expect(asks).toHaveLength(8);
});

test("a content with several homes is the sum of its parts, as old as the oldest of them", async () => {
  const schedule = "3,8@2026-12-01T00Z";
  const homes = homesOf(scheduleOf(schedule), A);
  expect(homes).toHaveLength(2);
  expect(await makeReader(schedule).readStrong([A])).toMatchObject([
    { views: 10, asOf: time.now() - Math.max(...homes) },
  ]);
});

describe("when the Tallies do not answer", () => {
  test("the last number known is answered, and says that it is stale", async () => {
    const reader = makeReader();
    await reader.read([A]);
    up = false;
    await time.pass(60_000);
    const asOf = time.now() - 60_000 - (asks[0]?.shard ?? 0);
    expect(only(await reader.read([A]))).toEqual({
      content: A,
      views: 5,
      asOf,
      source: "memo",
      stale: true,
    });
  });

  test("a strong read is none rather than stale", async () => {
    const reader = makeReader();
    await reader.read([A]);
    up = false;
    expect(await reader.readStrong([A])).toBeUndefined();
  });

  test("the database is told as stale, true at the last flush, summed over its shards", async () => {
    await saved(A, 1, 20);
    await saved(A, 2, 3);
    up = false;
    const read = await makeReader().read([A]);
    const count = { content: A, views: 23, asOf: 1_234, source: "database", stale: true };
    expect(read).toEqual({ counts: [count], maxAgeSeconds: 0 });
  });

  test("the larger of memory and database is told, so that a number does not fall", async () => {
    const reader = makeReader();
    await reader.read([A, B]);
    up = false;
    await time.pass(60_000);
    await saved(A, 1, 4);
    await saved(B, 1, 6);
    expect((await reader.read([A, B])).counts).toMatchObject([
      { content: A, views: 5, source: "memo" },
      { content: B, views: 6, source: "database" },
    ]);
  });

  test("what neither knows is aggregating, also when the database is away, and cached by nobody", async () => {
    const reader = makeReader();
    up = false;
    const nothing = { counts: [{ content: A, status: "aggregating" }], maxAgeSeconds: 0 };
    expect(await reader.read([A])).toEqual(nothing);
    database.totals = () => Promise.reject(new Error("away"));
    expect(await reader.read([A])).toEqual(nothing);
  });

  test("the next read after they are back is fresh again", async () => {
    const reader = makeReader();
    await reader.read([A]);
    up = false;
    await time.pass(60_000);
    await reader.read([A]);
    up = true;
    expect(only(await reader.read([A]))).toMatchObject({ source: "tally" });
  });
});

test("the more often a content is read, the longer its answer may be cached, up to 5 s", async () => {
  const reader = makeReader();
  const first = (await reader.read([A])).maxAgeSeconds;
  for (let read = 0; read < 200; read += 1) await reader.read([A]);
  const popular = (await reader.read([A])).maxAgeSeconds;
  expect(first).toBeGreaterThanOrEqual(1);
  expect(popular).toBe(5);
  expect(popular).toBeGreaterThan(first);
  expect((await reader.read([A, B])).maxAgeSeconds).toBe(first);
});

test("a number brought down on purpose is told within the memo's life, and memory keeps the larger one no longer than two flushes", async () => {
  const reader = makeReader();
  expect(only(await reader.read([A]))).toMatchObject({ views: 5 });
  views = 2;
  await time.pass(5_000);
  expect(only(await reader.read([A]))).toMatchObject({ views: 2, source: "tally" });
  await saved(A, homesOf(scheduleOf("8"), A)[0] ?? 0, 1);
  up = false;
  await time.pass(5_000);
  expect(only(await reader.read([A]))).toMatchObject({ views: 2, source: "memo", stale: true });
  await time.pass(10 * 60_000);
  expect(only(await reader.read([A]))).toMatchObject({ views: 1, source: "database", stale: true });
});
