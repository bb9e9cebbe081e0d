import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  LIVE_STALE_MS,
  READ_MODEL_LIST_MAX,
  READ_MODEL_SETTLE_MS,
  READ_MODEL_STREAM_LIFE_MS,
} from "../../src/core/limits.ts";
import { stamp } from "../../src/core/stamp.ts";
import { ReadModelError } from "../../src/ports/read-model.ts";
import { Prng } from "../simulation/prng.ts";
import { NO_REDIS } from "../support/redis.ts";
import { aStreamOf, openRedisModel, type RedisModel, streamOf } from "../support/redis-model.ts";

describe.skipIf(NO_REDIS)("streams in Redis", () => {
  let redis: RedisModel;

  beforeAll(async () => {
    redis = await openRedisModel();
  });

  beforeEach(async () => {
    await redis.redis.flush();
    await redis.settle();
    redis.calls.length = 0;
  });

  afterAll(() => redis.close());

  const publish = (name: string, more: Parameters<typeof aStreamOf>[1] = {}) =>
    redis.model.publishStream(aStreamOf(streamOf(name), { asOf: redis.now, ...more }));

  const listed = async (category?: string) =>
    (await redis.model.live(100, category)).streams.map(({ stream }) => stream);

  const sizeOf = async (key: string) =>
    Number(await redis.redis.command(key.endsWith(":entries") ? "HLEN" : "ZCARD", key));

  test("a publish, a read of a stream and a read of the list are one call each", async () => {
    await publish("s", { category: "games" });
    await redis.model.stream(streamOf("s"));
    await redis.model.live(100);
    await redis.model.live(100, "games");
    expect(redis.calls.map((call) => call.length)).toEqual([3, 1, 1, 1]);
  });

  test("every field is kept, and told to who asks for it", async () => {
    const numbers = aStreamOf(streamOf("whole"), {
      ...{ broadcaster: "someone", category: "games", status: "syncing", viewers: 2 ** 53 - 1 },
      ...{ peak: 2 ** 53 - 2, total: 2 ** 53 - 3, uniqueToday: 11, recent: 12 },
      ...{ startedAt: redis.now - 13, asOf: redis.now - 14, stamp: stamp(15, 16) },
    });
    await redis.model.publishStream(numbers);
    const { broadcaster, category, recent, ...both } = numbers;
    expect(await redis.model.stream(numbers.stream)).toEqual({ ...both, recent });
    expect((await redis.model.live(1)).streams).toEqual([{ ...both, broadcaster, category }]);
    expect(Object.fromEntries(await redis.hash("view:{whole}"))).toEqual({
      ...{ status: "syncing", current: "9007199254740991", peak: "9007199254740990" },
      ...{ total: "9007199254740989", recent: "12", unique_today: "11", broadcaster: "someone" },
      ...{ category: "games", started_at: `${redis.now - 13}`, as_of: `${redis.now - 14}` },
      stamp: stamp(15, 16),
    });
  });

  test("a publish is told what was there: nothing, an older one, itself, a newer one that stays", async () => {
    const hadBy = async (version: number) =>
      (await publish("s", { stamp: stamp(1, version), viewers: version })).had;
    expect(await hadBy(35)).toBeUndefined();
    expect(await hadBy(36)).toBe(stamp(1, 35));
    expect(await hadBy(36)).toBe(stamp(1, 36));
    expect(await hadBy(10)).toBe(stamp(1, 36));
    expect((await redis.model.stream(streamOf("s")))?.viewers).toBe(36);
    expect((await redis.model.live(1)).streams[0]?.viewers).toBe(36);
  });

  test("what the list alone has of a stream is told, too: a publish has to be above both", async () => {
    await publish("s", { stamp: stamp(1, 7) });
    await redis.redis.command("DEL", "view:{s}");
    expect((await publish("s", { stamp: stamp(1, 3) })).had).toBe(stamp(1, 7));
  });

  test("live numbers are told until they are a minute old, those of an end always", async () => {
    await publish("lives");
    await publish("ended", { status: "ended" });
    redis.now += LIVE_STALE_MS - 1;
    expect(await redis.model.stream(streamOf("lives"))).toBeDefined();
    expect(await listed()).toEqual(["lives"]);
    redis.now += 1;
    expect(await redis.model.stream(streamOf("lives"))).toBeUndefined();
    expect(await listed()).toEqual([]);
    expect((await redis.model.stream(streamOf("ended")))?.status).toBe("ended");
  });

  test.for([
    ["status", "planned"],
    ["status", undefined],
    ["current", "NaN"],
    ["current", "-1"],
    ["peak", "1.5"],
    ["total", ""],
    ["as_of", "yesterday"],
    ["as_of", undefined],
    ["stamp", "7"],
    ["stamp", undefined],
  ] as const)(
    "a stream whose %s is %j is not told; its next publish puts it right",
    async ([field, foreign]) => {
      await publish("odd");
      const words = foreign === undefined ? ["HDEL"] : ["HSET"];
      await redis.redis.command(
        ...[...words, "view:{odd}", field, ...(foreign === undefined ? [] : [foreign])],
      );
      expect(await redis.model.stream(streamOf("odd"))).toBeUndefined();
      await publish("odd", { stamp: stamp(1, 2) });
      expect(await redis.model.stream(streamOf("odd"))).toBeDefined();
    },
  );

  test("a stream's key of another kind is nothing, and gives way to its next publish", async () => {
    await redis.redis.command("SET", "view:{odd}", "5");
    expect(await redis.model.stream(streamOf("odd"))).toBeUndefined();
    expect((await publish("odd")).had).toBeUndefined();
    expect(await redis.model.stream(streamOf("odd"))).toBeDefined();
  });

  test("what is in the list and no entry is left out, and the others are told", async () => {
    await publish("good", { viewers: 1 });
    await publish("bad", { viewers: 9 });
    for (const foreign of ["", "not json", "{}", '{"stamp":5}', "[]", "null"]) {
      await redis.redis.command("HSET", "{live}:entries", "bad", foreign);
      expect(await listed()).toEqual(["good"]);
    }
    const entry = (await redis.hash("{live}:entries")).get("good") ?? "";
    for (const [from, to] of [
      ['"viewers":1', '"viewers":"1"'],
      ['"viewers":1', '"viewers":-1'],
      ['"status":"live"', '"status":"ended"'],
    ] as const) {
      expect(entry).toContain(from);
      await redis.redis.command("HSET", "{live}:entries", "bad", entry.replace(from, to));
      expect(await listed()).toEqual(["good"]);
    }
    await redis.redis.command("ZADD", "{live}:all", "5", "nowhere");
    expect(await listed()).toEqual(["good"]);
    await publish("bad", { viewers: 9, stamp: stamp(1, 2) });
    expect(await listed()).toEqual(["bad", "good"]);
  });

  test("a list that began anew is not told until every room may have published", async () => {
    await publish("before");
    await redis.redis.flush();
    await expect(redis.model.live(1)).rejects.toThrow(ReadModelError);
    await publish("after");
    redis.now += READ_MODEL_SETTLE_MS - 1;
    await expect(redis.model.live(1)).rejects.toThrow("not whole yet");
    await expect(redis.model.live(1, "games")).rejects.toThrow("not whole yet");
    redis.now += 1;
    expect(await listed()).toEqual(["after"]);
  });

  test.for(["{live}:entries", "{live}:born"])(
    "a list of which %s is lost is not told, and begins anew",
    async (key) => {
      await publish("before");
      await redis.redis.command("DEL", key);
      await expect(redis.model.live(1)).rejects.toThrow("not whole yet");
      await publish("after");
      await expect(redis.model.live(1)).rejects.toThrow("not whole yet");
      redis.now += READ_MODEL_SETTLE_MS;
      expect(await listed()).toContain("after");
    },
  );

  test("of 2,000 streams in any order, both lists keep the first READ_MODEL_LIST_MAX, and tell the first of these", async () => {
    const prng = new Prng(3);
    const streams = Array.from({ length: 2 * READ_MODEL_LIST_MAX }, (_, index) => ({
      ...{ name: `s-${index}`, viewers: prng.between(0, 500), at: prng.fraction() },
      startedAt: redis.now - index * 1_000,
    }));
    const shuffled = streams.toSorted((a, b) => a.at - b.at);
    for (let next = 0; next < shuffled.length; next += 50) {
      const some = shuffled.slice(next, next + 50);
      await Promise.all(some.map(({ name, ...more }) => publish(name, { category: "c", ...more })));
    }
    const first = streams
      .toSorted((a, b) => b.viewers - a.viewers || b.startedAt - a.startedAt)
      .slice(0, READ_MODEL_LIST_MAX)
      .map(({ name }) => name);
    for (const key of ["{live}:all", "{live}:category:c"]) {
      expect((await redis.sorted(key)).toReversed()).toEqual(first);
    }
    expect(await listed()).toEqual(first.slice(0, 100));
    expect(await listed("c")).toEqual(first.slice(0, 100));
    expect((await redis.model.live(3)).streams.length).toBe(3);
  });

  test("hundreds that are silent at the top of the list hide nobody below", async () => {
    for (let i = 0; i < 300; i += 1) await publish(`silent-${i}`, { viewers: 1_000 + i });
    redis.now += LIVE_STALE_MS;
    await publish("low");
    expect(await listed()).toEqual(["low"]);
  });

  test("silent ones leave the lists and are forgotten later, some with each publish and never all at once", async () => {
    for (let i = 0; i < 90; i += 1) await publish(`silent-${i}`, { category: `c-${i % 3}` });
    redis.now += LIVE_STALE_MS;
    const left: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      await publish("heard", { stamp: stamp(1, i + 1) });
      left.push(await sizeOf("{live}:all"));
    }
    expect(left).toEqual([71, 51, 31, 11, 1]);
    for (const category of ["c-0", "c-1", "c-2"]) {
      expect(await sizeOf(`{live}:category:${category}`)).toBe(0);
    }
    expect(await sizeOf("{live}:entries")).toBe(92);
    redis.now += 5 * 60_000;
    for (let i = 0; i < 6; i += 1) await publish("heard", { stamp: stamp(2, i + 1) });
    expect([...(await redis.hash("{live}:entries")).keys()]).toEqual(["heard"]);
    expect([await sizeOf("{live}:heard"), await sizeOf("{live}:gone")]).toEqual([1, 0]);
  });

  test("a stream that was put away because it was silent is back with its next publish", async () => {
    await publish("quiet", { category: "c" });
    redis.now += LIVE_STALE_MS;
    await publish("other");
    expect(await redis.sorted("{live}:all")).toEqual(["other"]);
    await publish("quiet", { category: "c", stamp: stamp(1, 2) });
    redis.now += LIVE_STALE_MS - 1;
    expect(await listed("c")).toEqual(["quiet"]);
    expect(await redis.sorted("{live}:gone")).not.toContain("quiet");
  });

  test("a stream that ended is not brought back by an older publish that comes late", async () => {
    await publish("over", { category: "c", stamp: stamp(1, 1) });
    await publish("over", { category: "c", stamp: stamp(1, 3), status: "ended", viewers: 0 });
    await publish("over", { category: "c", stamp: stamp(1, 2) });
    expect([...(await listed()), ...(await listed("c"))]).toEqual([]);
    redis.now += LIVE_STALE_MS;
    await publish("other");
    await publish("over", { category: "c", stamp: stamp(1, 2) });
    expect(await listed()).toEqual(["other"]);
  });

  test("more viewers than a score can hold are in order of youth; the number told is the right one", async () => {
    await publish("old", { viewers: 3_000_000, startedAt: redis.now - 60_000 });
    await publish("young", { viewers: 2_500_000, startedAt: redis.now });
    await publish("small", { viewers: 2 ** 21 - 2, startedAt: redis.now });
    expect((await redis.model.live(9)).streams.map(({ viewers }) => viewers)).toEqual([
      2_500_000, 3_000_000, 2_097_150,
    ]);
  });

  test("all that a publish writes ends some time; reading prolongs nothing, the next publish all", async () => {
    await publish("s", { category: "c" });
    const keys = ["view:{s}", "{live}:entries", "{live}:all", "{live}:category:c", "{live}:heard"];
    keys.push("{live}:born");
    const lives = () =>
      Promise.all(keys.map(async (key) => Number(await redis.redis.command("PTTL", key))));
    const isRenewed = (life: number) => life > READ_MODEL_STREAM_LIFE_MS - 60_000;
    expect((await lives()).every(isRenewed)).toBe(true);
    for (const key of keys) await redis.redis.command("PEXPIRE", key, "60000");
    await redis.model.stream(streamOf("s"));
    await redis.model.live(5);
    await redis.model.live(5, "c");
    expect((await lives()).every((life) => life > 0 && life <= 60_000)).toBe(true);
    await publish("s", { category: "c", stamp: stamp(1, 2) });
    expect((await lives()).every(isRenewed)).toBe(true);
    const all = await redis.redis.command("KEYS", "*");
    const lasting: string[] = [];
    for (const key of Array.isArray(all) ? all.map(String) : []) {
      if (Number(await redis.redis.command("PTTL", key)) < 0) lasting.push(key);
    }
    expect(lasting).toEqual(["headcount:incarnation"]);
  });
});
