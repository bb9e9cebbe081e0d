import { describe, expect, test } from "vitest";
import { READ_TIMEOUT_MS } from "../../../src/core/limits.ts";
import { homesOf, parseSchedule, type ShardSchedule } from "../../../src/core/views/shards.ts";
import { combinations } from "../../support/combinations.ts";
import { CountLadder, content } from "../../support/count-ladder.ts";
import { settled } from "../../support/hand-time.ts";

const scheduleOf = (text: string): ShardSchedule => {
  const parsed = parseSchedule(text);
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

const make = (schedule = "8") => new CountLadder(scheduleOf(schedule), true);

const A = content("a");
const B = content("b");
const C = content("c");

describe("whichever rungs fail, the first that knows is told, and none below it is asked", () => {
  const cases = combinations({
    readmodel: ["none", "tells", "absent", "fails"],
    tally: ["tells", "fails"],
    database: ["tells", "absent", "fails"],
    memory: ["tells", "absent"],
  });

  test.each(cases)("$readmodel $tally $database $memory", async (made) => {
    const { readmodel, tally, database, memory } = made;
    const ladder = new CountLadder(scheduleOf("8"), readmodel !== "none");
    const { time, down, published } = ladder;
    const asOf = {
      memory: time.now(),
      readmodel: time.now() + 6_000,
      database: time.now() + 3_000,
    };
    ladder.count(A, 5);
    if (memory === "tells") await ladder.reader.readStrong([A]);
    await time.pass(10_000);
    ladder.calls.length = 0;
    ladder.count(A, 7);
    ladder.flushedAt = asOf.database;
    if (readmodel === "tells") published.set(A, { views: 8, asOf: asOf.readmodel });
    if (database === "tells") ladder.save(A, 6);
    if (readmodel === "fails") down.add("readmodel");
    if (tally === "fails") down.add("tally");
    if (database === "fails") down.add("database");

    const rungs = [
      readmodel === "none" ? [] : { rung: "readmodel", does: readmodel },
      { rung: "tally", does: tally },
      { rung: "database", does: database },
    ].flat();
    const first = rungs.findIndex(({ does }) => does === "tells");
    const asked = rungs.slice(0, first < 0 ? rungs.length : first + 1);
    const answers = {
      readmodel: { views: 8, asOf: asOf.readmodel, source: "readmodel" },
      tally: { views: 7, asOf: time.now(), source: "tally" },
      database: { views: 6, asOf: asOf.database, source: "database", stale: true },
      memo: { views: 5, asOf: asOf.memory, source: "memo", stale: true },
    };
    const told = rungs[first]?.rung ?? (memory === "tells" ? "memo" : "none");
    const answer = Object.entries(answers).find(([rung]) => rung === told)?.[1];
    const { counts, maxAgeSeconds } = await ladder.read(A);
    expect(counts).toEqual([{ content: A, ...(answer ?? { status: "aggregating" }) }]);
    expect(maxAgeSeconds > 0).toBe(told === "readmodel" || told === "tally");
    expect(ladder.calls).toEqual(asked.map(({ rung }) => `${rung}:a`));
    const failed = asked.filter(({ rung, does }) => does === "fails" && rung !== "tally");
    expect(ladder.log.lines).toEqual(failed.map(({ rung }) => `counts.rung-failed ${rung}`));
  });
});

test("each content comes from the first rung that has it, and the logs name none", async () => {
  const ladder = make();
  ladder.published.set(A, { views: 1, asOf: 1 });
  ladder.count(B, 2);
  ladder.down.add("database");
  expect((await ladder.read(A, B)).counts).toMatchObject([
    { content: A, views: 1, source: "readmodel" },
    { content: B, views: 2, source: "tally" },
  ]);
  expect(ladder.calls).toEqual(["readmodel:a,b", "tally:b"]);
  ladder.down.add("tally");
  await ladder.read(content("named-nowhere"));
  expect(ladder.log.texts.join()).not.toContain("named-nowhere");
});

test("fifty contents are one call of the read model, the same again in the memo's life none", async () => {
  const ladder = make();
  const contents = Array.from({ length: 50 }, (_, n) => content(`c${n}`));
  for (const one of contents) ladder.published.set(one, { views: 1, asOf: 1 });
  await Promise.all([ladder.read(...contents), ladder.read(...contents)]);
  expect(ladder.calls).toHaveLength(1);
  const { counts } = await ladder.read(...contents);
  expect(counts.every((count) => "source" in count && count.source === "memo")).toBe(true);
  expect(ladder.calls).toHaveLength(1);
});

test("a database that does not answer is waited for no longer than readers wait", async () => {
  const ladder = make();
  ladder.down.add("readmodel").add("tally").add("hanging database");
  const read = ladder.read(A);
  for (let turn = 0; turn < 10; turn += 1) await settled();
  expect(ladder.calls).toContain("database:a");
  await ladder.time.pass(READ_TIMEOUT_MS);
  expect((await read).counts).toEqual([{ content: A, status: "aggregating" }]);
  expect(ladder.time.running).toBe(0);
});

describe("a number does not fall needlessly", () => {
  const MINUTE = 60_000;

  /** The Tallies told 7 when the read model, which comes back now, last heard of 5. */
  const behind = async () => {
    const ladder = make();
    const before = ladder.time.now() - 1_000;
    ladder.count(A, 7);
    await ladder.reader.readStrong([A]);
    ladder.published.set(A, { views: 5, asOf: before });
    await ladder.time.pass(6_000);
    return ladder;
  };

  test("what memory has that is larger and younger is told before the read model's, and cached by nobody", async () => {
    const ladder = await behind();
    for (let i = 0; i < 2; i += 1) {
      const { counts, maxAgeSeconds } = await ladder.read(A);
      expect(counts).toMatchObject([{ views: 7, source: "memo", stale: true }]);
      expect(maxAgeSeconds).toBe(0);
    }
  });

  test("a number brought down on purpose gets through with its time", async () => {
    const ladder = await behind();
    ladder.published.set(A, { views: 5, asOf: ladder.time.now() });
    expect(await ladder.readOne(A)).toMatchObject({ views: 5, source: "readmodel" });
  });

  test("a larger one is told however old it is", async () => {
    const ladder = await behind();
    ladder.published.set(A, { views: 8, asOf: 1 });
    expect(await ladder.readOne(A)).toMatchObject({ views: 8, source: "readmodel" });
  });

  test("memory gives way after two flushes: the time of a sum is that of its oldest part", async () => {
    const ladder = await behind();
    await ladder.time.pass(10 * MINUTE);
    expect(await ladder.readOne(A)).toMatchObject({ views: 5, source: "readmodel" });
  });

  test("a number the read model told is kept when the database has less, however long nobody counted it", async () => {
    const ladder = make();
    ladder.published.set(A, { views: 9, asOf: ladder.time.now() - 1_000 * MINUTE });
    await ladder.read(A);
    await ladder.time.pass(MINUTE);
    ladder.down.add("readmodel").add("tally");
    ladder.save(A, 8);
    ladder.flushedAt = ladder.time.now() - 2_000 * MINUTE;
    expect(await ladder.readOne(A)).toMatchObject({ views: 9, source: "memo", stale: true });
  });
});

describe("what the read model did not have is filled in from the Tallies", () => {
  const AGED = "3,8@2026-12-01T00Z";

  test("with all its homes' parts and their stamps, and of what nobody ever counted nothing", async () => {
    const ladder = make(AGED);
    const [first, second] = homesOf(ladder.schedule, A);
    ladder.count(A, 4, first);
    await ladder.read(A, C);
    const [parts] = ladder.filled;
    expect(parts).toMatchObject([
      { content: A, shard: first, views: 4, asOf: ladder.time.now() },
      { content: A, shard: second, views: 0, asOf: ladder.time.now() },
    ]);
    expect(ladder.background).toHaveLength(1);
    await Promise.all(ladder.background);
  });

  test("by one of those who ask at the same time, and none waits for it", async () => {
    const ladder = make();
    ladder.count(A, 4);
    ladder.down.add("fill");
    await Promise.all(Array.from({ length: 20 }, () => ladder.read(A)));
    expect(ladder.filled).toHaveLength(1);
  });

  test.each([
    ["was told by the read model", () => undefined],
    ["the read model failed", (ladder: CountLadder) => ladder.down.add("readmodel")],
    ["no Tally answered", (ladder: CountLadder) => ladder.down.add("tally")],
  ])("not where it %s", async (_, change) => {
    const ladder = make();
    ladder.count(A, 4);
    ladder.save(A, 4);
    ladder.published.set(A, { views: 4, asOf: 1 });
    if (change(ladder) === undefined) await ladder.read(A);
    else {
      ladder.published.clear();
      await ladder.read(A);
    }
    expect(ladder.filled).toEqual([]);
    expect(ladder.background).toEqual([]);
  });

  test("after one that failed not for a while, and that is logged once", async () => {
    const ladder = make();
    ladder.count(A, 4);
    ladder.count(B, 4);
    ladder.down.add("fill");
    await Promise.all([ladder.read(A), ladder.read(B)]);
    await Promise.all(ladder.background);
    expect(ladder.filled).toHaveLength(2);
    await ladder.time.pass(6_000);
    await ladder.read(A);
    expect(ladder.filled).toHaveLength(2);
    expect(ladder.log.lines).toEqual(["counts.fill-failed"]);
    await ladder.time.pass(6_000);
    ladder.down.clear();
    await ladder.read(A);
    expect(ladder.filled).toHaveLength(3);
  });
});
