import { describe, expect, test } from "vitest";
import { combinations } from "../../support/combinations.ts";
import { ViewRankingLadder } from "../../support/view-ranking-ladder.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("whichever rungs fail, a ranking is told by the first that knows, and never with an error", () => {
  const cases = combinations({
    readmodel: ["none", "tells", "absent", "fails"],
    object: ["tells", "absent", "fails"],
    memory: ["tells", "outlived", "absent"],
    database: ["tells", "fails"],
    window: ["realtime", "day"],
  });

  test.each(cases)("$window: $readmodel $object $memory $database", async (made) => {
    const { readmodel, object, memory, database, window } = made;
    const ladder = new ViewRankingLadder(readmodel !== "none");
    const { time, down, published, ranked } = ladder;
    for (const name of ["a", "b", "c"]) ladder.register(name);
    const remembered = ladder.aRanking(window, 5, ["a", "c"]);
    ranked.set(window, remembered);
    if (memory !== "absent") await ladder.reader.readStrong({ window, limit: 20 });
    await time.pass(memory === "outlived" ? remembered.to + HOUR - time.now() : 10_000);
    ladder.calls.length = 0;
    ranked.delete(window);
    const [now, later] = [ladder.aRanking(window, 7, ["b"]), ladder.aRanking(window, 8, ["b"])];
    if (object === "tells") ranked.set(window, now);
    if (readmodel === "tells") published.set(window, later);
    if (readmodel === "fails") down.add("readmodel");
    if (object === "fails") down.add("object");
    if (database === "fails") down.add("database");

    const rungs = [
      readmodel === "none" ? [] : { source: "readmodel", rung: "readmodel", does: readmodel },
      { source: "rankings", rung: "object", does: object },
    ].flat();
    const first = rungs.find(({ does }) => does === "tells");
    const { ranking, maxAgeSeconds } = await ladder.reader.read({ window, limit: 20 });
    if (first !== undefined) {
      const views = first.rung === "object" ? 7 : 8;
      // Of b nobody has heard before.
      const title = database === "tells" ? { title: "Title of b" } : {};
      const { from, to, asOf } = now;
      expect(ranking).toEqual({
        ...{ window, from, to, asOf, source: first.source },
        contents: [{ rank: 1, content: "b", ...title, views, previousRank: null }],
      });
    } else if (memory === "tells") {
      const { from, to, asOf } = remembered;
      expect(ranking).toEqual({
        ...{ window, from, to, asOf, source: "memo", stale: true },
        contents: [
          { rank: 1, content: "a", title: "Title of a", views: 5, previousRank: null },
          { rank: 2, content: "c", title: "Title of c", views: 4, previousRank: null },
        ],
      });
    } else expect(ranking).toEqual({ status: "aggregating", contents: [] });
    expect(maxAgeSeconds).toBe(first === undefined ? 0 : 5);
    const asked = first === undefined ? rungs : rungs.slice(0, rungs.indexOf(first) + 1);
    expect(ladder.calls).toEqual([
      ...asked.map(({ rung }) => `${rung}: ${window} 100`),
      ...(first === undefined ? [] : ["database: b"]),
    ]);
  });
});

describe("a strong read", () => {
  const ladderWith = (object: "tells" | "absent" | "fails") => {
    const ladder = new ViewRankingLadder(true);
    ladder.published.set("day", ladder.aRanking("day", 8));
    if (object === "tells") ladder.ranked.set("day", ladder.aRanking("day", 7));
    if (object === "fails") ladder.down.add("object");
    return ladder;
  };

  test("asks the object alone, past memory and read model", async () => {
    const ladder = ladderWith("tells");
    const asked = { window: "day", limit: 20 } as const;
    await ladder.reader.read(asked);
    ladder.calls.length = 0;
    expect(await ladder.reader.readStrong(asked)).toMatchObject({
      source: "rankings",
      contents: [{ views: 7 }],
    });
    expect(ladder.calls).toEqual(["object: day 100"]);
  });

  test("of an object that knows of no such list is told so", async () => {
    const ladder = ladderWith("absent");
    expect(await ladder.reader.readStrong({ window: "day", limit: 20 })).toEqual({
      status: "aggregating",
      contents: [],
    });
  });

  test("is none when the object does not answer, whatever is remembered", async () => {
    const ladder = ladderWith("fails");
    await ladder.reader.read({ window: "day", limit: 20 });
    expect(await ladder.reader.readStrong({ window: "day", limit: 20 })).toBeUndefined();
  });
});
