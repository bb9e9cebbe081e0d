import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SET_PART_LUA } from "../../src/adapters/redis/counts.ts";
import { READ_MODEL_COUNT_LIFE_MS } from "../../src/core/limits.ts";
import { stamp } from "../../src/core/stamp.ts";
import { homesOf } from "../../src/core/views/shards.ts";
import { NO_REDIS } from "../support/redis.ts";
import {
  aStreamOf,
  content,
  NOON,
  openRedisModel,
  partsOf,
  type RedisModel,
  SCHEDULE,
  streamOf,
} from "../support/redis-model.ts";

describe.skipIf(NO_REDIS)("contents in Redis", () => {
  let redis: RedisModel;

  beforeAll(async () => {
    redis = await openRedisModel();
  });

  beforeEach(async () => {
    await redis.redis.flush();
    redis.calls.length = 0;
  });

  afterAll(() => redis.close());

  const viewsOf = async (text: string) =>
    (await redis.model.counts([content(text)])).get(content(text))?.views;

  test("one call for 50 contents, and it is a read of each alone", async () => {
    const contents = Array.from({ length: 50 }, (_, index) => content(`c-${index}`));
    await redis.model.publishCounts(contents.flatMap((id, index) => partsOf(id, index)));
    redis.calls.length = 0;
    const counts = await redis.model.counts(contents);
    expect(counts.size).toBe(50);
    expect(redis.calls.length).toBe(1);
    expect(redis.calls[0]?.map(([name]) => name?.toUpperCase())).toEqual(
      contents.map(() => "HMGET"),
    );
  });

  test("one call for a publish of 1,000 parts, the script's text once in it; less than 250 KB", async () => {
    const parts = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ content: content(`content-${index}`.padEnd(64, "x")), shard: 7, views: index },
      ...{ stamp: stamp(NOON, index), asOf: NOON },
    }));
    await redis.model.publishCounts(parts);
    expect(redis.calls.length).toBe(1);
    const [call = []] = redis.calls;
    const sha = createHash("sha1").update(SET_PART_LUA).digest("hex");
    expect(call.map(([name, script]) => [name?.toUpperCase(), script]).slice(0, 1_000)).toEqual([
      ["EVAL", SET_PART_LUA],
      ...parts.slice(1).map(() => ["EVALSHA", sha]),
    ]);
    expect(call.length).toBe(1_001);
    expect(JSON.stringify(call).length).toBeLessThan(250_000);
    const last = await redis.hash(`count:{${parts[999]?.content}}`);
    expect([...last]).toEqual([["7", `${stamp(NOON, 999)} 999 ${NOON}`]]);
  });

  test("of two parts the one with the larger stamp stays, whichever came last, and may be the smaller number", async () => {
    const id = content("restated");
    // As bytes compare, which is not how texts compare in every language.
    for (const [older, newer] of [
      [stamp(1, 35), stamp(1, 36)],
      [stamp(1, 9), stamp(1, 10)],
      [stamp(1, 2 ** 53 - 1), stamp(2, 0)],
    ] as const) {
      await redis.redis.flush();
      await redis.model.publishCounts(partsOf(id, 90, { stamp: older }));
      await redis.model.publishCounts(partsOf(id, 10, { stamp: newer }));
      await redis.model.publishCounts(partsOf(id, 90, { stamp: older }));
      await redis.model.publishCounts(partsOf(id, 77, { stamp: newer }));
      expect(await viewsOf(id)).toBe(10 * homesOf(SCHEDULE, id).length);
    }
  });

  test("numbers up to the largest that is exact come back exactly", async () => {
    const id = content("large");
    await redis.model.publishCounts(partsOf(id, Number.MAX_SAFE_INTEGER).slice(0, 1));
    const stored = [...(await redis.hash(`count:{${id}}`)).values()];
    expect(stored).toEqual([`${stamp(1, 1)} ${Number.MAX_SAFE_INTEGER} ${NOON}`]);
  });

  test("a content's life is that of its last publish; reading does not prolong it", async () => {
    const id = content("mortal");
    const life = async () => Number(await redis.redis.command("PTTL", `count:{${id}}`));
    await redis.model.publishCounts(partsOf(id, 1, { stamp: stamp(1, 2) }));
    expect(await life()).toBeGreaterThan(READ_MODEL_COUNT_LIFE_MS - 60_000);
    await redis.redis.command("PEXPIRE", `count:{${id}}`, "60000");
    await redis.model.counts([id]);
    expect(await life()).toBeLessThanOrEqual(60_000);
    await redis.model.publishCounts(partsOf(id, 1, { stamp: stamp(1, 1) }));
    expect(await life()).toBeGreaterThan(READ_MODEL_COUNT_LIFE_MS - 60_000);
  });

  test("asking for what nobody published writes nothing", async () => {
    await redis.model.counts([content("unknown")]);
    await redis.model.stream(streamOf("unknown"));
    expect(await redis.redis.command("DBSIZE")).toBe(0);
  });

  test.for([
    "",
    "12",
    "garbage",
    `${stamp(1, 1)}`,
    `${stamp(1, 1)} NaN ${NOON}`,
    `${stamp(1, 1)} -5 ${NOON}`,
    `${stamp(1, 1)} 1e3 ${NOON}`,
    `${stamp(1, 1)} 99999999999999999999 ${NOON}`,
    `${stamp(1, 1)} 5 ${NOON} more`,
    `${stamp(1, 1)} 5 `,
    `1-1 5 ${NOON}`,
    "zzzzzzzzzzzz-zzzzzzzzzzzzzz 5 5",
  ])(
    "what is no part (%j) is no number: that content alone is absent, and the next publish replaces it",
    async (foreign) => {
      const [odd, even] = [content("odd"), content("even")];
      await redis.model.publishCounts([...partsOf(odd, 1), ...partsOf(even, 2)]);
      const [home] = homesOf(SCHEDULE, odd);
      await redis.redis.command("HSET", `count:{${odd}}`, `${home}`, foreign);
      const counts = await redis.model.counts([odd, even]);
      expect([...counts.keys()]).toEqual([even]);
      await redis.model.publishCounts(partsOf(odd, 3, { stamp: stamp(9, 9) }));
      expect(await viewsOf(odd)).toBe(3 * homesOf(SCHEDULE, odd).length);
    },
  );

  test("a key of another kind is no number, holds up no other, and gives way to the next publish", async () => {
    const [odd, even] = [content("odd"), content("even")];
    await redis.redis.command("SET", `count:{${odd}}`, "5");
    await redis.model.publishCounts(partsOf(even, 2));
    expect([...(await redis.model.counts([odd, even])).keys()]).toEqual([even]);
    await redis.model.publishCounts([
      ...partsOf(odd, 3),
      ...partsOf(even, 4, { stamp: stamp(1, 2) }),
    ]);
    expect((await redis.model.counts([odd, even])).size).toBe(2);
  });

  test("a shard's mark stands behind what came with it: the latest call's is kept, and told to the next", async () => {
    const tell = (shard: number, call: number, through: number) =>
      redis.model.publishCounts(partsOf(content("m"), 1), {
        ...{ shard, call, through },
        acknowledged: 0,
      });
    const isAfterLoss = false;
    expect((await tell(901, 10, 5)).had).toBeUndefined();
    expect((await tell(901, 20, 7)).had).toEqual({ call: 10, through: 5, isAfterLoss });
    expect((await tell(901, 15, 6)).had).toEqual({ call: 20, through: 7, isAfterLoss });
    expect((await tell(901, 30, 9)).had).toEqual({ call: 20, through: 7, isAfterLoss });
    expect((await tell(902, 1, 1)).had).toBeUndefined();
    await redis.redis.flush();
    expect((await tell(901, 40, 9)).had).toBeUndefined();
  });

  test("the mark of a call that met less than was acknowledged says so, and goes no further than what it met, until a later call is answered", async () => {
    const tell = async (call: number, acknowledged: number, through: number) => {
      const mark = { shard: 904, call, acknowledged, through };
      return (await redis.model.publishCounts([], mark)).had;
    };
    await tell(10, 0, 5);
    expect(await tell(40, 30, 8)).toEqual({ call: 10, through: 5, isAfterLoss: false });
    expect(await tell(50, 30, 9)).toEqual({ call: 40, through: 5, isAfterLoss: true });
    expect(await tell(60, 30, 2)).toEqual({ call: 50, through: 5, isAfterLoss: true });
    expect(await tell(70, 60, 11)).toEqual({ call: 60, through: 2, isAfterLoss: true });
    expect(await tell(80, 70, 12)).toEqual({ call: 70, through: 11, isAfterLoss: false });
    await redis.redis.command("DEL", "told:{904}");
    expect(await tell(90, 80, 13)).toBeUndefined();
    expect(await tell(95, 80, 13)).toEqual({ call: 90, through: 0, isAfterLoss: true });
  });

  test.each([
    ["HSET", "a", "b"],
    ["SET", "2 1 los"],
    ["SET", "2 1 lost lost"],
    ["SET", "2"],
  ])("a mark that is none gives way (%s %s)", async (command, ...what) => {
    await redis.redis.command("DEL", "told:{903}");
    await redis.redis.command(command, "told:{903}", ...what);
    const mark = { shard: 903, call: 2, acknowledged: 0, through: 1 };
    expect((await redis.model.publishCounts([], mark)).had).toBeUndefined();
    expect((await redis.model.publishCounts([], { ...mark, call: 3 })).had).toMatchObject({
      call: 2,
    });
  });

  test("whoever publishes first names the incarnation, everybody is told it, and when all is lost it is another", async () => {
    const first = await redis.model.publishCounts([]);
    expect(first.incarnation).toMatch(new RegExp(`^${NOON}-[0-9a-f]{16}$`));
    redis.now += 5;
    expect(await redis.model.publishCounts(partsOf(content("c"), 1))).toEqual(first);

    expect(await redis.model.publishStream(aStreamOf(streamOf("s")))).toMatchObject(first);
    await redis.redis.flush();
    const second = await redis.model.publishCounts([]);
    expect(second).not.toEqual(first);
    expect(await redis.model.publishCounts([])).toEqual(second);
    redis.now -= 5;
  });
});
