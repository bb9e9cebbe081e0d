import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { ContentId } from "../../../src/core/ids.ts";
import { stamp } from "../../../src/core/stamp.ts";
import { slotOf } from "../../../src/core/views/slots.ts";
import type { UncheckedEnv } from "../../../src/env.ts";
import type { PeriodRanking, SlotViews } from "../../../src/protocol/rankings-rpc.ts";
import { put } from "../support/admin.ts";
import { brokenD1, fail, SECRET_PLACE } from "../support/broken.ts";
import { get, makeGet, refusalOf, send } from "../support/client.ts";
import { workerWith } from "../support/compose.ts";

const PATH = "/v1/rankings/views";
const HOUR = 3_600_000;
const CACHED = "public, max-age=5, stale-while-revalidate=5";

test.each([
  "window=hour",
  "window=",
  "window=day&window=day",
  "limit=0",
  "limit=101",
  "limit=-1",
  "limit=1.5",
  "limit=ten",
  "limit=1&limit=2",
  "category=",
  "category=a%20b",
  `category=${"x".repeat(65)}`,
  "category=a&category=b",
  "consistency=weak",
  "consistency=strong&consistency=strong",
  "_=1",
])("?%s is refused, and cached by nobody", async (query) => {
  const answer = await get(`${PATH}?${query}`);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  expect(await refusalOf(answer)).toEqual([400, "invalid-request"]);
});

test("POST is answered 405 with what is allowed", async () => {
  const answer = await send(new Request(`https://headcount.test${PATH}`, { method: "POST" }));
  expect(answer.headers.get("Allow")).toBe("GET, HEAD");
  expect(await refusalOf(answer)).toEqual([405, "method-not-allowed"]);
});

const object = () => env.VIEW_RANKINGS.getByName("rankings:views");
let told = 0;

/** As a shard's Tally would; its slots are all it has. */
const tellHour = async (contents: readonly SlotViews[], now = Date.now()): Promise<void> => {
  told += 1;
  const from = { shard: 0, stamp: stamp(1, told), asOf: now, slot: slotOf(now) };
  await object().publish({ ...from, contents });
};

const views = (name: string, category: string | null, now: number, before = 0): SlotViews => ({
  ...{ content: name as ContentId, category, views: now, before },
});

const read = async (query: string, worker = workerWith({})) => {
  const answer = await worker(makeGet(`${PATH}${query}`));
  return [answer.status, answer.headers.get("Cache-Control"), await answer.json()] as const;
};

/** The object makes its order anew once a second at most. */
const eventuallyRead = async (query: string, expected: unknown): Promise<void> => {
  await expect
    .poll(async () => (await read(query))[2], { timeout: 20_000 })
    .toMatchObject(expected as object);
};

describe("the most viewed contents", () => {
  test("of the last hour have places, titles, views and the places before, and may be cached for 5 s", async () => {
    await put("categories/news", { title: "News" });
    await put("contents/rank-a", { title: "Of a", url: "https://a.test/", category: "news" });
    const now = Date.now();
    await tellHour(
      [
        views("rank-b", "sport", 9, 50),
        views("rank-a", "news", 30, 2),
        views("rank-c", null, 4),
        views("rank-d", null, 4),
      ],
      now,
    );
    await eventuallyRead("", { contents: [{ content: "rank-a", views: 30 }, {}, {}, {}] });
    const [status, caching, body] = await read("");
    expect([status, caching]).toEqual([200, CACHED]);
    const { from, to } = body as { readonly from: number; readonly to: number };
    expect(to - from).toBe(HOUR);
    expect(body).toEqual({
      ...{ window: "realtime", from, to, asOf: now, source: "rankings" },
      contents: [
        {
          ...{ rank: 1, content: "rank-a", title: "Of a", url: "https://a.test/" },
          ...{ views: 30, previousRank: 2 },
        },
        { rank: 2, content: "rank-b", views: 9, previousRank: 1 },
        { rank: 3, content: "rank-c", views: 4, previousRank: null },
        { rank: 4, content: "rank-d", views: 4, previousRank: null },
      ],
    });
    const worker = workerWith({});
    await read("", worker);
    expect((await read("?limit=1", worker))[2]).toMatchObject({
      source: "memo",
      contents: [{ rank: 1, content: "rank-a" }],
    });
  });

  test("of a category are its own, and of one that nobody knows none", async () => {
    await tellHour([views("cat-a", "red", 2), views("cat-b", "blue", 9), views("cat-c", "red", 1)]);
    await eventuallyRead("?category=red", {
      category: "red",
      contents: [
        { rank: 1, content: "cat-a" },
        { rank: 2, content: "cat-c" },
      ],
    });
    const [status, caching, body] = await read("?category=unheard-of");
    expect([status, caching]).toEqual([200, CACHED]);
    expect(body).toMatchObject({ window: "realtime", category: "unheard-of", contents: [] });
  });

  test("of day, week and month are told each for itself, 20 of them unless a limit says otherwise", async () => {
    const asOf = Date.now();
    const bounds = { asOf, from: asOf - 24 * HOUR, to: asOf + HOUR };
    const all = Array.from({ length: 100 }, (_, index) => ({
      content: `period-${index}` as ContentId,
      views: 1_000 - index,
      previousRank: index + 1,
    }));
    const rankings = (["day", "week", "month"] as const).map(
      (window): PeriodRanking => ({
        ...{ window, ...bounds, all, byCategory: [["few", all.slice(0, 2)]] },
      }),
    );
    await object().setPeriods(rankings);
    for (const { window } of rankings) {
      const [status, caching, body] = await read(`?window=${window}&limit=100`);
      expect([status, caching]).toEqual([200, CACHED]);
      const { asOf: _, ...period } = bounds;
      expect(body).toMatchObject({ window, asOf, ...period, source: "rankings" });
      const { contents } = body as { readonly contents: readonly object[] };
      expect(contents).toEqual(all.map((one, index) => ({ rank: index + 1, ...one })));
      const first = (await read(`?window=${window}`))[2] as { readonly contents: unknown[] };
      expect(first.contents).toEqual(contents.slice(0, 20));
      const few = (await read(`?window=${window}&category=few`))[2];
      expect(few).toMatchObject({ category: "few", contents: [{ rank: 1 }, { rank: 2 }] });
    }
  });

  test("are one object, whatever windows and categories are asked for", async () => {
    for (let i = 0; i < 5; i += 1) await read(`?window=week&category=${crypto.randomUUID()}`);
    expect(await listDurableObjectIds(env.VIEW_RANKINGS)).toHaveLength(1);
  });

  test("are asked of their object by a strong read, whatever is remembered, and that is cached by nobody", async () => {
    const worker = workerWith({});
    await tellHour([views("before", "strong", 1)]);
    await eventuallyRead("?category=strong", { contents: [{ content: "before" }] });
    await read("?category=strong", worker);
    await tellHour([views("after", "strong", 2)]);
    await expect
      .poll(() => read("?category=strong&consistency=strong", worker), { timeout: 20_000 })
      .toMatchObject([200, "no-store", { source: "rankings", contents: [{ content: "after" }] }]);
  });

  test("are told without titles while the database is away, and may be cached all the same", async () => {
    await put("contents/untitled", { title: "Out of reach" });
    await tellHour([views("untitled", "dark", 3)]);
    const worker = workerWith({ DB: brokenD1 });
    await expect
      .poll(() => read("?category=dark", worker), { timeout: 20_000 })
      .toMatchObject([
        200,
        CACHED,
        { contents: [{ rank: 1, content: "untitled", views: 3, previousRank: null }] },
      ]);
    const [, , body] = await read("?category=dark", worker);
    expect(JSON.stringify(body)).not.toContain("Out of reach");
  });
});

describe("while their object is away", () => {
  const away = (more: Partial<UncheckedEnv> = {}) =>
    workerWith({
      VIEW_RANKINGS: { getByName: () => ({ publish: fail, setPeriods: fail, views: fail }) },
      ...more,
    });

  test("the most viewed contents are aggregating where nothing is remembered, cached by nobody", async () => {
    for (const worker of [away(), away({ DB: brokenD1 })]) {
      expect(await read("?window=day", worker)).toEqual([
        200,
        "no-store",
        { status: "aggregating", contents: [] },
      ]);
    }
  });

  test("they are what was remembered, as stale, cached by nobody", async () => {
    const [asOf, stub] = [Date.now(), object()];
    const state = { isAway: false };
    const worker = workerWith({
      VIEW_RANKINGS: {
        getByName: () => ({
          publish: fail,
          setPeriods: fail,
          views: async (...asked) => (state.isAway ? fail() : stub.views(...asked)),
        }),
      },
    });
    const all = [{ content: "kept" as ContentId, views: 3, previousRank: null }];
    const bounds = { window: "day", asOf, from: asOf - HOUR, to: asOf + HOUR } as const;
    await stub.setPeriods([{ ...bounds, all, byCategory: [] }]);
    expect((await read("?window=day", worker))[2]).toMatchObject({ source: "rankings" });
    state.isAway = true;
    await expect
      .poll(() => read("?window=day", worker), { timeout: 20_000 })
      .toMatchObject([200, "no-store", { source: "memo", stale: true, contents: [{ rank: 1 }] }]);
  });

  test("a strong read is refused 503, and told when to come back and nothing of the inside", async () => {
    const answer = await away()(makeGet(`${PATH}?consistency=strong`));
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await answer.clone().text()).not.toContain(SECRET_PLACE);
    expect(await refusalOf(answer)).toEqual([503, "rankings-unavailable"]);
  });

  test("it is left alone after failures, under its own name, and the list of live streams is not", async () => {
    const worker = away();
    for (let i = 0; i < 5; i += 1) await read(`?category=away-${i}`, worker);
    const ready = await (await worker(makeGet("/readyz"))).json();
    expect(ready).toMatchObject({
      breakers: [
        { backend: "database", state: "closed" },
        { backend: "rankings", state: "closed" },
        { backend: "rankings:views", state: "open" },
      ],
    });
  });
});

test("where an object has never been told anything a strong read is told so", async () => {
  const worker = workerWith({
    VIEW_RANKINGS: { getByName: () => env.VIEW_RANKINGS.getByName("never told") },
  });
  expect(await read("?consistency=strong", worker)).toEqual([
    200,
    "no-store",
    { status: "aggregating", contents: [] },
  ]);
});
