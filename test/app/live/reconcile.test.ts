import { expect, test } from "vitest";
import { reconcile } from "../../../src/app/live/reconcile.ts";
import type { Stream } from "../../../src/ports/database.ts";
import { anEntry, aStream, MemoryRooms, stream } from "../../support/live-fakes.ts";

const LIVE = stream("live");

const world = (found: Partial<Stream> | undefined = { status: "live" }) => {
  const rooms = new MemoryRooms(() => 0);
  rooms.set(LIVE, { viewers: 3 });
  const problems: string[] = [];
  const report = (event: string) => void problems.push(event);
  const asked: number[] = [];
  const deps = {
    registry: { find: async () => (found === undefined ? undefined : aStream(LIVE, found)) },
    rooms,
    rankings: {
      live: async (limit: number) => {
        asked.push(limit);
        const listed = Array.from({ length: 20 }, (_, i) => anEntry(stream(`s${i}`)));
        return { asOf: 0, streams: listed };
      },
    },
    log: { info: report, warn: report, error: report },
  };
  return { deps, rooms, problems, asked };
};

const gone = () => Promise.reject(new Error("gone"));

test("one stream's room is asked, and what it answers is told", async () => {
  const { deps } = world();
  expect(await reconcile(deps, LIVE)).toEqual({
    status: "asked",
    streams: [{ stream: LIVE, outcome: "even", shown: 3, counted: 3 }],
  });
});

test("a stream nobody registered, or that never was live, gets no room", async () => {
  const unknown = world();
  const none = { ...unknown.deps, registry: { find: async () => undefined } };
  expect(await reconcile(none, LIVE)).toEqual({ status: "unknown-stream" });
  const planned = world({ status: "planned" });
  expect(await reconcile(planned.deps, LIVE)).toEqual({
    status: "asked",
    streams: [{ stream: LIVE, outcome: "unopened" }],
  });
  expect([...unknown.rooms.calls, ...planned.rooms.calls]).toEqual([]);
});

test("without a stream the largest live ones are asked, six at a time, and one that fails stops no other", async () => {
  const { deps, rooms, asked, problems } = world();
  let underWay = 0;
  let most = 0;
  rooms.before = async () => {
    const isFailing = rooms.calls.at(-1) === "reconcile:s7";
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    if (isFailing) throw new Error("no answer");
  };
  for (let i = 0; i < 20; i += 1) rooms.set(stream(`s${i}`), { viewers: i });
  const result = await reconcile(deps, undefined);
  if (result.status !== "asked") throw new Error(result.status);
  expect(asked).toEqual([100]);
  expect(most).toBe(6);
  expect(result.streams).toHaveLength(20);
  expect(result.streams[5]).toEqual({ stream: "s5", outcome: "even", shown: 5, counted: 5 });
  expect(result.streams.filter((one) => "failed" in one)).toEqual([
    { stream: "s7", failed: "Error: no answer" },
  ]);
  expect(new Set(problems)).toEqual(new Set(["reconcile.room-failed"]));
});

test("without the registry or the list nobody is asked", async () => {
  const { deps, rooms, problems } = world();
  expect(await reconcile({ ...deps, registry: { find: gone } }, LIVE)).toEqual({
    status: "registry-unavailable",
  });
  expect(await reconcile({ ...deps, rankings: { live: gone } }, undefined)).toEqual({
    status: "rankings-unavailable",
  });
  expect(rooms.calls).toEqual([]);
  // What is wrong with the registry is said by itself.
  expect(problems).toEqual(["reconcile.no-rankings"]);
});
