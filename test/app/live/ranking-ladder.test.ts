import { describe, expect, test } from "vitest";
import { combinations } from "../../support/combinations.ts";
import { anEntry, stream } from "../../support/live-fakes.ts";
import { StreamLadder } from "../../support/stream-ladder.ts";

const A = stream("a");
const B = stream("b");
const MINUTE = 60_000;

describe("whichever rungs fail, the list is told by the first that knows, and never with an error", () => {
  const cases = combinations({
    readmodel: ["none", "tells", "fails"],
    list: ["tells", "fails"],
    database: ["tells", "absent", "fails"],
    memory: ["tells", "absent"],
  });

  test.each(cases)("$readmodel $list $database $memory", async (made) => {
    const { readmodel, list, database, memory } = made;
    const ladder = new StreamLadder(readmodel !== "none");
    const { time, down, objects, published } = ladder;
    ladder.register(A);
    objects.listed.push(anEntry(A, { viewers: 5 }));
    const before = time.now();
    if (memory === "tells") await ladder.rankings.readStrong(20);
    await time.pass(10_000);
    ladder.calls.length = 0;
    objects.listed.splice(0, 1, anEntry(A, { viewers: 7 }));
    published.listed.push(anEntry(A, { viewers: 8 }));
    if (database === "tells") ladder.save(A, { viewers: 6, asOf: time.now() - 4 * MINUTE });
    if (readmodel === "fails") down.add("readmodel");
    if (list === "fails") down.add("object");
    if (database === "fails") down.add("database");

    const rungs = [
      readmodel === "none" ? [] : { rung: "readmodel", does: readmodel, viewers: 8 },
      { rung: "object", does: list, viewers: 7 },
      { rung: "database", does: database, viewers: 6 },
    ].flat();
    const first = rungs.find(({ does }) => does === "tells");
    const { ranking, maxAgeSeconds } = await ladder.rankings.read(20);
    const isNow = first !== undefined && first.rung !== "database";
    if (isNow) {
      const source = first.rung === "object" ? "rankings" : first.rung;
      const streams = [{ stream: "a", viewers: first.viewers }];
      expect(ranking).toMatchObject({ source, streams, asOf: time.now() });
      expect(ranking).not.toHaveProperty("stale");
    } else if (memory === "tells") {
      const streams = [{ viewers: 5 }];
      expect(ranking).toMatchObject({ source: "memo", stale: true, streams, asOf: before });
    } else if (first !== undefined) {
      const asOf = time.now() - 4 * MINUTE;
      const streams = [{ viewers: 6 }];
      expect(ranking).toMatchObject({ source: "database", stale: true, streams, asOf });
    } else expect(ranking).toEqual({ status: "aggregating", streams: [] });
    expect(maxAgeSeconds).toBe(isNow ? 1 : 0);
    const asked = first === undefined ? rungs : rungs.slice(0, rungs.indexOf(first) + 1);
    expect([...new Set(ladder.calls)]).toEqual(asked.map(({ rung }) => rung));
  });
});

describe("the database's list", () => {
  const silent = () => {
    const ladder = new StreamLadder(true);
    for (const id of [A, B]) ladder.register(id);
    ladder.down.add("readmodel").add("object");
    return ladder;
  };

  test("has the numbers that are saved now, in their order, as of the oldest; none that ended or is too old", async () => {
    const ladder = silent();
    const now = ladder.time.now();
    ladder.save(A, { viewers: 1, peak: 2, asOf: now - MINUTE });
    ladder.save(B, { viewers: 9, asOf: now - 2 * MINUTE });
    for (const [name, more] of [
      ["over", { status: "ended" }],
      ["old", { asOf: now - 6 * MINUTE }],
    ] as const) {
      ladder.register(stream(name));
      ladder.save(stream(name), { viewers: 99, ...more });
    }
    expect((await ladder.rankings.read(20)).ranking).toEqual({
      asOf: now - 2 * MINUTE,
      source: "database",
      stale: true,
      streams: [
        expect.objectContaining({ stream: "b", title: "Title of b", viewers: 9 }),
        expect.objectContaining({ stream: "a", viewers: 1, peak: 2 }),
      ],
    });
  });

  test("is none when there is nothing in it to show: whether nobody is live it cannot say", async () => {
    expect((await silent().rankings.read(20)).ranking).toMatchObject({ status: "aggregating" });
  });

  test("has no stream of which the registry does not say that it is public", async () => {
    const ladder = silent();
    ladder.register(B, { visibility: "private" });
    for (const id of [A, B]) ladder.save(id, {});
    const { ranking } = await ladder.rankings.read(20);
    expect(ranking.streams.map((one) => one.stream)).toEqual(["a"]);
    ladder.down.add("registry");
    expect((await ladder.rankings.read(20)).ranking).toMatchObject({ stale: true, streams: [] });
  });
});

test("a strong read asks the list alone, past memory and read model, or is none", async () => {
  const ladder = new StreamLadder(true);
  ladder.register(A);
  ladder.published.listed.push(anEntry(A, { viewers: 8 }));
  await ladder.rankings.read(20);
  ladder.objects.listed.push(anEntry(A, { viewers: 7 }));
  expect(await ladder.rankings.readStrong(20)).toMatchObject({
    status: "read",
    ranking: { source: "rankings", streams: [{ viewers: 7 }] },
  });
  ladder.down.add("registry");
  expect(await ladder.rankings.readStrong(20)).toEqual({ status: "no-registry" });
  ladder.down.add("object");
  expect(await ladder.rankings.readStrong(20)).toEqual({ status: "no-list" });
  expect(ladder.calls).toEqual(["readmodel", "object", "object", "object"]);
});
