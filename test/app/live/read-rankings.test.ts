import { beforeEach, describe, expect, test } from "vitest";
import { RankingsReader } from "../../../src/app/live/read-rankings.ts";
import { StreamRegistry } from "../../../src/app/live/stream-registry.ts";
import type { LiveEntry } from "../../../src/protocol/room-rpc.ts";
import { HandTime, settled } from "../../support/hand-time.ts";
import { anEntry, aStream, MemoryStreams, stream } from "../../support/live-fakes.ts";
import { NotedLog } from "../../support/noted-log.ts";
import { readersOf } from "../../support/read-tables.ts";

let time: HandTime;
let streams: MemoryStreams;
let entries: LiveEntry[];
let asked: (readonly [number, string | undefined])[];
let up: boolean;
let reader: RankingsReader;

beforeEach(() => {
  time = new HandTime();
  streams = new MemoryStreams();
  entries = [];
  asked = [];
  up = true;
  reader = new RankingsReader({
    readers: readersOf({ streams: { ranking: async () => [] } }),
    objects: {
      async live(limit, category) {
        asked.push([limit, category]);
        const told = entries.slice(0, limit);
        await settled();
        if (!up) throw new Error("gone");
        return { asOf: time.now(), streams: told };
      },
    },
    registry: new StreamRegistry({ streams, clock: time, timers: time, log: new NotedLog() }),
    clock: time,
    timers: time,
    log: new NotedLog(),
  });
});

const list = (name: string, more: Partial<LiveEntry> = {}): void => {
  const entry = anEntry(stream(name), more);
  entries.push(entry);
  streams.put(aStream(entry.stream, { status: "live" }));
};

const namesOf = async (limit: number, category?: string) =>
  (await reader.read(limit, category)).ranking.streams.map((one) => one.stream);

test("the list has titles, and nothing that is not for readers", async () => {
  list("a", { category: "games", viewers: 3, peak: 4, startedAt: 7 });
  expect(await reader.read(20)).toEqual({
    ranking: {
      asOf: time.now(),
      source: "rankings",
      streams: [
        {
          stream: "a",
          title: "Title of a",
          status: "live",
          category: "games",
          broadcaster: "b",
          viewers: 3,
          peak: 4,
          startedAt: 7,
        },
      ],
    },
    maxAgeSeconds: 1,
  });
});

test("a stream whose number is held says so, with the number that is held", async () => {
  list("a", { viewers: 9, status: "syncing" });
  list("b", { viewers: 3 });
  expect((await reader.read(20)).ranking.streams).toMatchObject([
    { stream: "a", viewers: 9, status: "syncing" },
    { stream: "b", viewers: 3, status: "live" },
  ]);
});

test("readers of any limit share one question a second, and titles one a minute", async () => {
  for (const name of ["a", "b", "c"]) list(name);
  const reads = [1, 2, 100].map((limit) => namesOf(limit));
  expect(await Promise.all(reads)).toEqual([["a"], ["a", "b"], ["a", "b", "c"]]);
  expect((await reader.read(2)).ranking).toMatchObject({ source: "memo" });
  expect(asked).toHaveLength(1);
  await time.pass(1_000);
  expect((await reader.read(2)).ranking).toMatchObject({ source: "rankings" });
  expect(asked).toHaveLength(2);
  expect(streams.asked).toEqual([["a", "b", "c"]]);
});

test("each category is a question of its own", async () => {
  await Promise.all([reader.read(20), reader.read(20, "games"), reader.read(20, "games")]);
  expect(asked.map(([, category]) => category)).toEqual([undefined, "games"]);
});

test("private streams are not listed, nor what nobody registered", async () => {
  list("public");
  list("private");
  streams.put(aStream(stream("private"), { status: "live", visibility: "private" }));
  list("stranger");
  streams.rows.delete(stream("stranger"));
  expect(await reader.read(20)).toMatchObject({
    ranking: { streams: [{ stream: "public" }] },
    maxAgeSeconds: 1,
  });
});

describe("when the registry does not answer", () => {
  test("streams known before are listed; the others are not, since they may be private, and the list says so", async () => {
    list("known");
    await reader.read(20);
    streams.before = () => Promise.reject(new Error("away"));
    list("new");
    await time.pass(1_000);
    const { ranking, maxAgeSeconds } = await reader.read(20);
    expect(ranking).toMatchObject({ stale: true, streams: [{ stream: "known" }] });
    expect(maxAgeSeconds).toBe(0);
  });
});

describe("when the list does not answer", () => {
  test("the last one is told as stale for a minute, and then none", async () => {
    list("a");
    await reader.read(20);
    up = false;
    await time.pass(59_999);
    expect(await reader.read(20)).toMatchObject({
      ranking: { stale: true, source: "memo", streams: [{ stream: "a" }] },
      maxAgeSeconds: 0,
    });
    await time.pass(1);
    expect(await reader.read(20)).toEqual({
      ranking: { status: "aggregating", streams: [] },
      maxAgeSeconds: 0,
    });
  });

  test("the next read after it is back is fresh again", async () => {
    up = false;
    await reader.read(20);
    up = true;
    list("a");
    expect(await reader.read(20)).toMatchObject({ ranking: { source: "rankings" } });
  });
});
