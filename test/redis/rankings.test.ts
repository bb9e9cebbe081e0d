import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  RANKED_CONTENTS,
  READ_MODEL_PERIOD_LIFE_MS,
  READ_MODEL_REALTIME_LIFE_MS,
  REALTIME_MAX_AGE_MS,
  VIEW_RANKINGS_MAX_LISTS,
} from "../../src/core/limits.ts";
import type { PublishedRanking } from "../../src/ports/read-model.ts";
import {
  RANKING_WINDOWS,
  type RankedContent,
  type RankingWindow,
  type ViewRanking,
} from "../../src/protocol/rankings-rpc.ts";
import { NO_REDIS } from "../support/redis.ts";
import { content, NOON, openRedisModel, type RedisModel } from "../support/redis-model.ts";

const ranked = (
  name: string,
  views: number,
  previousRank: number | null = null,
): RankedContent => ({
  content: content(name),
  views,
  previousRank,
});

const aList = (
  window: RankingWindow,
  contents: readonly RankedContent[],
  more: Partial<ViewRanking> & { readonly category?: string } = {},
): PublishedRanking => {
  const { category, ...other } = more;
  const bounds = { asOf: NOON, from: NOON - 3_600_000, to: NOON + 60_000 };
  return { window, category, ranking: { window, ...bounds, contents, ...other } };
};

describe.skipIf(NO_REDIS)("rankings of contents in Redis", () => {
  let redis: RedisModel;

  beforeAll(async () => {
    redis = await openRedisModel();
  });

  beforeEach(async () => {
    await redis.redis.flush();
    redis.calls.length = 0;
    redis.now = NOON;
  });

  afterAll(() => redis.close());

  const publish = (...lists: readonly PublishedRanking[]) => redis.model.publishRankings(lists);
  const told = async (window: RankingWindow, category?: string) =>
    (await redis.model.views(window, 100, category))?.contents;

  test("a publish is one call however many lists, and a read is one command", async () => {
    await publish(
      ...RANKING_WINDOWS.flatMap((window) => [
        aList(window, [ranked("a", 1)]),
        aList(window, [ranked("a", 1)], { category: "games" }),
      ]),
    );
    await redis.model.views("realtime", 20);
    await redis.model.views("day", 20, "games");
    const sent = redis.calls.map((call) => call.map(([name]) => name?.toUpperCase()));
    expect(sent).toEqual([["EVAL", ...Array(7).fill("EVALSHA")], ["GET"], ["GET"]]);
    await publish();
    expect(redis.calls).toHaveLength(3);
  });

  test("a list is the text that the documentation says, and lives an hour or a day", async () => {
    await publish(
      aList("realtime", [ranked("a", 3, 2), ranked("b", 1)]),
      aList("month", [], { category: "games" }),
    );
    const bounds = `"from":${NOON - 3_600_000},"to":${NOON + 60_000}`;
    expect(await redis.redis.command("GET", "{rank}:realtime:all")).toBe(
      `${NOON} {${bounds},"contents":[["a",3,2],["b",1,null]]}`,
    );
    expect(await redis.redis.command("GET", "{rank}:month:category:games")).toBe(
      `${NOON} {${bounds},"contents":[]}`,
    );
    for (const [key, life] of [
      ["{rank}:realtime:all", READ_MODEL_REALTIME_LIFE_MS],
      ["{rank}:month:category:games", READ_MODEL_PERIOD_LIFE_MS],
    ] as const) {
      const left = Number(await redis.redis.command("PTTL", key));
      expect(left).toBeGreaterThan(life - 60_000);
      expect(left).toBeLessThanOrEqual(life);
    }
  });

  test("whatever is published comes back as it was", async () => {
    const list = fc.record({
      window: fc.constantFrom(...RANKING_WINDOWS),
      category: fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), { nil: undefined }),
      contents: fc.array(
        fc.record({
          content: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map(content),
          views: fc.maxSafeNat(),
          previousRank: fc.option(fc.integer({ min: 1, max: 100 })),
        }),
        { maxLength: 100 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(list, fc.integer({ min: 1, max: 100 }), async (made, limit) => {
        await redis.redis.flush();
        const { window, category, contents } = made;
        const published = aList(window, contents, category === undefined ? {} : { category });
        await publish(published);
        expect(await redis.model.views(window, limit, category)).toEqual({
          ...published.ranking,
          contents: contents.slice(0, limit),
        });
      }),
      { numRuns: 50 },
    );
  });

  test("in whichever order they come, the list as of the latest stays, of equals the last one", async () => {
    const times = fc.array(fc.nat(5), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(times, async (offsets) => {
        await redis.redis.flush();
        for (const [index, offset] of offsets.entries()) {
          await publish(aList("day", [ranked("a", index)], { asOf: NOON - offset }));
        }
        const last = offsets.lastIndexOf(Math.min(...offsets));
        expect(await told("day")).toEqual([ranked("a", last)]);
      }),
      { numRuns: 30 },
    );
  });

  test("the last hour's list is told for a minute and no longer, then its object is asked", async () => {
    await publish(aList("realtime", [ranked("a", 1)]));
    redis.now += REALTIME_MAX_AGE_MS - 1;
    expect(await told("realtime")).toHaveLength(1);
    redis.now += 1;
    expect(await redis.model.views("realtime", 100)).toBeUndefined();
  });

  test("a period's list is told while the period is under way, however old, not before and not after", async () => {
    const [from, to] = [NOON - 86_000_000, NOON + 400_000];
    await publish(aList("day", [ranked("a", 1)], { from, to, asOf: from }));
    for (const [now, isTold] of [
      [from - 1, false],
      [from, true],
      [to - 1, true],
      [to, false],
    ] as const) {
      redis.now = now;
      expect((await redis.model.views("day", 100)) !== undefined).toBe(isTold);
    }
  });

  test.each([
    "",
    "nothing of ours",
    `${NOON}`,
    `x${NOON} {"from":0,"to":9999999999999,"contents":[]}`,
    `${NOON} {"from":0,"to":9999999999999}`,
    `${NOON} {"from":0,"to":9999999999999,"contents":[["a",-1,null]]}`,
    `${NOON} {"from":0,"to":9999999999999,"contents":[["a",1,0]]}`,
    `${NOON} {"from":0,"to":9999999999999,"contents":[["a",1]]}`,
    `${"9".repeat(30)} {"from":0,"to":9999999999999,"contents":[]}`,
  ])("what cannot be read is not told, and gives way unless it may be later: %s", async (text) => {
    await redis.redis.command("SET", "{rank}:day:all", text);
    expect(await redis.model.views("day", 100)).toBeUndefined();
    await publish(aList("day", [ranked("a", 1)]));
    expect(await told("day")).toEqual([ranked("a", 1)]);
  });

  test("a key of another kind is not told and gives way, and the other lists of the publish are in", async () => {
    await redis.redis.command("HSET", "{rank}:day:all", "field", "value");
    expect(await redis.model.views("day", 100)).toBeUndefined();
    await publish(aList("day", [ranked("a", 1)]), aList("week", [ranked("b", 2)]));
    expect([await told("day"), await told("week")]).toEqual([[ranked("a", 1)], [ranked("b", 2)]]);
  });

  test("after everything is lost nothing is told, until it is published again", async () => {
    const lists = [aList("day", [ranked("a", 1)]), aList("day", [], { category: "games" })];
    await publish(...lists);
    await redis.redis.flush();
    expect(await told("day")).toBeUndefined();
    await publish(...lists);
    expect([await told("day"), await told("day", "games")]).toEqual([[ranked("a", 1)], []]);
  });

  test("as many lists as a publish may have, all of them full and of long ids, go in one call", async () => {
    const long = Array.from({ length: RANKED_CONTENTS }, (_, index) =>
      ranked(`${index}`.padEnd(64, "x"), 1_000_000 - index, index + 1),
    );
    await publish(
      ...Array.from({ length: VIEW_RANKINGS_MAX_LISTS }, (_, index) =>
        aList("month", long, { category: `${index}` }),
      ),
    );
    expect(redis.calls).toHaveLength(1);
    expect(await told("month", `${VIEW_RANKINGS_MAX_LISTS - 1}`)).toEqual(long);
  });
});
