import { beforeEach, describe, expect, test } from "vitest";
import { RANKING_MEMO_LISTS } from "../../../src/core/limits.ts";
import { settled } from "../../support/hand-time.ts";
import { ViewRankingLadder } from "../../support/view-ranking-ladder.ts";

let ladder: ViewRankingLadder;

beforeEach(() => {
  ladder = new ViewRankingLadder(true);
});

const read = async (limit: number, category?: string) =>
  (await ladder.reader.read({ window: "realtime", limit, category })).ranking;

const namesOf = async (limit: number) => (await read(limit)).contents.map(({ content }) => content);

test("a ranking has places, titles and addresses as far as somebody said them, and the category that was asked for", async () => {
  ladder.register("a", { title: "Of a", url: "https://a.test/", category: "go" });
  ladder.register("b", { title: "Of b" });
  const ranking = ladder.aRanking("realtime", 9, ["a", "b", "stranger"]);
  ladder.published.set("realtime", ranking);
  const { from, to, asOf } = ranking;
  expect(await read(20, "go")).toEqual({
    ...{ window: "realtime", category: "go", from, to, asOf, source: "readmodel" },
    contents: [
      {
        ...{ rank: 1, content: "a", title: "Of a", url: "https://a.test/" },
        ...{ views: 9, previousRank: null },
      },
      { rank: 2, content: "b", title: "Of b", views: 8, previousRank: null },
      { rank: 3, content: "stranger", views: 7, previousRank: null },
    ],
  });
});

test.each([
  "javascript:alert(1)",
  " javascript:alert(1)",
  "data:text/html,x",
  "mailto:a@b.test",
  "",
])("what a page said of its address is told only where it may be a link: not %s", async (url) => {
  ladder.register("a", { title: "Of a", url });
  ladder.published.set("realtime", ladder.aRanking("realtime", 9));
  const { contents } = await read(20);
  expect(contents[0]).toMatchObject({ title: "Of a" });
  expect(contents[0]).not.toHaveProperty("url");
});

test("readers of any limit share one question a second, and titles one a minute, of known and unknown alike", async () => {
  ladder.register("a");
  ladder.published.set("realtime", ladder.aRanking("realtime", 9, ["a", "b", "c"]));
  const reads = await Promise.all([1, 2, 100].map(namesOf));
  expect(reads).toEqual([["a"], ["a", "b"], ["a", "b", "c"]]);
  await ladder.time.pass(999);
  expect(await read(2)).toMatchObject({ source: "memo", contents: [{ title: "Title of a" }, {}] });
  expect(ladder.calls).toEqual(["readmodel: realtime 100", "database: a,b,c"]);
  ladder.calls.length = 0;
  await ladder.time.pass(1);
  expect(await read(2)).toMatchObject({
    source: "readmodel",
    contents: [{ title: "Title of a" }, {}],
  });
  expect(ladder.calls).toEqual(["readmodel: realtime 100"]);
  await ladder.time.pass(59_000);
  await read(2);
  expect(ladder.calls.at(-1)).toBe("database: a,b,c");
});

test("each window and each category is a question of its own, shared by all who ask it", async () => {
  const asked = [
    { window: "realtime", limit: 1 },
    { window: "realtime", limit: 2, category: "day" },
    { window: "day", limit: 3 },
    { window: "day", limit: 4, category: "day" },
  ] as const;
  for (const { window } of asked) ladder.published.set(window, ladder.aRanking(window, 1, []));
  await Promise.all([...asked, ...asked].map((one) => ladder.reader.read(one)));
  expect(ladder.calls).toEqual([
    "readmodel: realtime 100",
    "readmodel: realtime 100 day",
    "readmodel: day 100",
    "readmodel: day 100 day",
  ]);
});

test("a list without contents is told as it is, asks nobody for titles, and may be cached", async () => {
  ladder.published.set("realtime", ladder.aRanking("realtime", 0, []));
  const { ranking, maxAgeSeconds } = await ladder.reader.read({ window: "realtime", limit: 20 });
  expect(ranking).toMatchObject({ source: "readmodel", contents: [] });
  expect(ranking).not.toHaveProperty("stale");
  expect(maxAgeSeconds).toBe(5);
  expect(ladder.calls).toEqual(["readmodel: realtime 100"]);
});

test("while the database is away titles known before stay, and a list is told without the others", async () => {
  for (const name of ["a", "b"]) ladder.register(name);
  ladder.published.set("realtime", ladder.aRanking("realtime", 9));
  await read(20);
  ladder.down.add("database");
  ladder.published.set("realtime", ladder.aRanking("realtime", 9, ["a", "b"]));
  await ladder.time.pass(60_000);
  const { contents } = await read(20);
  expect(contents).toMatchObject([{ title: "Title of a" }, { content: "b" }]);
  expect(contents[1]).not.toHaveProperty("title");
  ladder.down.clear();
  await ladder.time.pass(1_000);
  expect((await read(20)).contents[1]).toMatchObject({ title: "Title of b" });
});

test("a database that hangs holds a list up for two seconds, and no longer", async () => {
  ladder.published.set("realtime", ladder.aRanking("realtime", 9));
  ladder.hangs = true;
  const reading = read(20);
  await settled();
  expect(ladder.calls).toEqual(["readmodel: realtime 100", "database: a"]);
  await ladder.time.pass(2_000);
  expect(await reading).toMatchObject({ source: "readmodel", contents: [{ content: "a" }] });
});

test("what fails is in the log by its rung, once a question", async () => {
  for (const rung of ["readmodel", "object"] as const) ladder.down.add(rung);
  await Promise.all([read(1), read(2)]);
  expect(ladder.log.lines).toEqual([
    "rankings.views-rung-failed readmodel",
    "rankings.views-rung-failed rankings",
  ]);
});

describe("what is remembered", () => {
  test("is of so many lists and no more: the one read longest ago goes first", async () => {
    ladder.published.set("realtime", ladder.aRanking("realtime", 1));
    for (let i = 0; i <= RANKING_MEMO_LISTS; i += 1) await read(1, `category-${i}`);
    ladder.down.add("readmodel").add("object");
    await ladder.time.pass(1_000);
    expect(await read(1, "category-0")).toMatchObject({ status: "aggregating" });
    expect(await read(1, "category-1")).toMatchObject({ source: "memo", stale: true });
  });

  test("is told as stale until it is an hour past its end, and then not", async () => {
    const ranking = ladder.aRanking("realtime", 1);
    ladder.published.set("realtime", ranking);
    await read(1);
    ladder.down.add("readmodel").add("object");
    await ladder.time.pass(ranking.to + 3_600_000 - 1 - ladder.time.now());
    expect(await read(1)).toMatchObject({ source: "memo", stale: true, asOf: ranking.asOf });
    await ladder.time.pass(1);
    expect(await read(1)).toEqual({ status: "aggregating", contents: [] });
  });
});
