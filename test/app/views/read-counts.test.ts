import { beforeEach, describe, expect, test } from "vitest";
import { CountReader, type CountsRead } from "../../../src/app/views/read-counts.ts";
import { type ContentId, contentId } from "../../../src/core/ids.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { homesOf, parseSchedule, type ShardSchedule } from "../../../src/core/views/shards.ts";
import { HandTime, settled } from "../../support/hand-time.ts";

interface Ask {
  readonly shard: number;
  readonly contents: readonly ContentId[];
}

let time: HandTime;
let asks: Ask[];
let views: number;
let up: boolean;

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

const makeReader = (schedule = "8"): CountReader =>
  new CountReader({
    clock: time,
    timers: time,
    schedule: scheduleOf(schedule),
    tallies: {
      async counts(shard, contents) {
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
    },
  });

beforeEach(() => {
  time = new HandTime();
  asks = [];
  views = 5;
  up = true;
});

const A = id("a");
const B = id("b");

const only = ({ counts }: CountsRead) => {
  expect(counts).toHaveLength(1);
  return counts[0];
};

test("a count is asked for once while it is fresh, and again after", async () => {
  const reader = makeReader();
  expect(only(await reader.read([A], false))).toMatchObject({ views: 5, source: "tally" });
  views = 6;
  expect(only(await reader.read([A], false))).toMatchObject({ views: 5, source: "memo" });
  expect(asks).toHaveLength(1);
  await time.pass(5_000);
  expect(only(await reader.read([A], false))).toMatchObject({ views: 6, source: "tally" });
});

test("readers at the same time share one question", async () => {
  const reader = makeReader();
  const reads = await Promise.all(Array.from({ length: 50 }, () => reader.read([A], false)));
  for (const read of reads) expect(only(read)).toMatchObject({ views: 5, source: "tally" });
  expect(asks).toHaveLength(1);
});

test("a strong read shares nothing and asks whatever is remembered", async () => {
  const reader = makeReader();
  await reader.read([A], false);
  views = 6;
  const reads = [reader.read([A], true), reader.read([A], true)];
  for (const read of await Promise.all(reads)) {
    expect(only(read)).toMatchObject({ views: 6, source: "tally" });
  }
  expect(asks).toHaveLength(3);
});

test("many contents cost one question a shard, and are answered in the order asked for", async () => {
  const contents = Array.from({ length: 40 }, (_, n) => id(`c${n}`));
  for (const strong of [true, false]) {
    asks = [];
    const { counts } = await makeReader("4").read(contents, strong);
    expect(counts.map(({ content }) => content)).toEqual(contents);
    expect(asks).toHaveLength(4);
  }
});

test("a content with several homes is the sum of its parts, as old as the oldest of them", async () => {
  const schedule = "3,8@2026-12-01T00Z";
  const homes = homesOf(scheduleOf(schedule), A);
  expect(homes).toHaveLength(2);
  const count = only(await makeReader(schedule).read([A], true));
  expect(count).toMatchObject({ views: 10, asOf: time.now() - Math.max(...homes) });
});

describe("when the Tallies do not answer", () => {
  test("the last number known is answered, and says that it is stale", async () => {
    const reader = makeReader();
    await reader.read([A], false);
    up = false;
    await time.pass(60_000);
    const asOf = time.now() - 60_000 - (asks[0]?.shard ?? 0);
    expect(only(await reader.read([A], false))).toEqual({
      content: A,
      views: 5,
      asOf,
      source: "memo",
      stale: true,
    });
  });

  test("a strong read fails rather than be stale", async () => {
    const reader = makeReader();
    await reader.read([A], false);
    up = false;
    await expect(reader.read([A], true)).rejects.toThrow("gone");
  });

  test("a read of something never known fails rather than leave it out", async () => {
    const reader = makeReader();
    await reader.read([A], false);
    up = false;
    await time.pass(60_000);
    await expect(reader.read([A, B], false)).rejects.toThrow("gone");
  });

  test("the next read after they are back is fresh again", async () => {
    const reader = makeReader();
    await reader.read([A], false);
    up = false;
    await time.pass(60_000);
    await reader.read([A], false);
    up = true;
    expect(only(await reader.read([A], false))).toMatchObject({ source: "tally" });
  });
});

test("the more often a content is read, the longer its answer may be cached, up to 5 s", async () => {
  const reader = makeReader();
  const first = (await reader.read([A], false)).maxAgeSeconds;
  for (let read = 0; read < 200; read += 1) await reader.read([A], false);
  const popular = (await reader.read([A], false)).maxAgeSeconds;
  expect(first).toBeGreaterThanOrEqual(1);
  expect(popular).toBe(5);
  expect(popular).toBeGreaterThan(first);
  expect((await reader.read([A, B], false)).maxAgeSeconds).toBe(first);
});
