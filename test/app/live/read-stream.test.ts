import { beforeEach, describe, expect, test } from "vitest";
import { StreamReader, type StrongStreamRead } from "../../../src/app/live/read-stream.ts";
import { StreamRegistry } from "../../../src/app/live/stream-registry.ts";
import { HandTime } from "../../support/hand-time.ts";
import { aStream, MemoryRooms, MemoryStreams, stream } from "../../support/live-fakes.ts";
import { NotedLog } from "../../support/noted-log.ts";
import { readersOf } from "../../support/read-tables.ts";
import { roomsAsReadModel } from "../../support/rooms-read-model.ts";

const A = stream("a");

let time: HandTime;
let streams: MemoryStreams;
let rooms: MemoryRooms;
let reader: StreamReader;

beforeEach(() => {
  time = new HandTime();
  streams = new MemoryStreams();
  rooms = new MemoryRooms(() => time.now());
  reader = new StreamReader({
    registry: new StreamRegistry({ streams, clock: time, timers: time, log: new NotedLog() }),
    objects: roomsAsReadModel(rooms),
    readers: readersOf({ streams: { currents: async () => [] } }),
    clock: time,
    timers: time,
    log: new NotedLog(),
  });
});

const live = (viewers: number): void => {
  streams.put(aStream(A, { status: "live" }));
  rooms.set(A, { status: "live", viewers });
};

const away = () => Promise.reject(new Error("away"));

const countOf = (read: StrongStreamRead) => (read.status === "read" ? read.count : read);

test("a live stream's numbers come from its room, once while they are fresh", async () => {
  live(5);
  expect(await reader.read(A)).toEqual({
    status: "read",
    count: {
      stream: A,
      source: "room",
      status: "live",
      viewers: 5,
      peak: 0,
      total: 0,
      uniqueToday: 0,
      recent: 0,
      asOf: time.now(),
    },
    maxAgeSeconds: 1,
  });
  live(6);
  expect(countOf(await reader.read(A))).toMatchObject({ viewers: 5, source: "memo" });
  expect(rooms.calls).toHaveLength(1);
  await time.pass(5_000);
  expect(countOf(await reader.read(A))).toMatchObject({ viewers: 6, source: "room" });
});

test("readers at the same time share one question, and a strong read shares none", async () => {
  live(5);
  await Promise.all(Array.from({ length: 50 }, () => reader.read(A)));
  expect(rooms.calls).toHaveLength(1);
  live(6);
  const strong = await Promise.all([reader.readStrong(A), reader.readStrong(A)]);
  for (const read of strong) expect(countOf(read)).toMatchObject({ viewers: 6, source: "room" });
  expect(rooms.calls).toHaveLength(3);
});

test("an ended stream keeps its numbers, and caches keep them longer", async () => {
  streams.put(aStream(A, { status: "ended" }));
  rooms.set(A, { status: "ended", peak: 9, total: 20 });
  const read = await reader.read(A);
  expect(countOf(read)).toMatchObject({ status: "ended", peak: 9, total: 20 });
  expect(read).toMatchObject({ maxAgeSeconds: 10 });
});

test("an unknown stream is unknown, a planned one has zeros, and neither touches a room", async () => {
  expect(await reader.read(A)).toEqual({ status: "unknown-stream" });
  expect(await reader.readStrong(A)).toEqual({ status: "unknown-stream" });
  await time.pass(5_000);
  streams.put(aStream(A));
  const zeros = { status: "planned", viewers: 0, peak: 0, total: 0, source: "database" };
  expect(countOf(await reader.read(A))).toMatchObject(zeros);
  expect(countOf(await reader.readStrong(A))).toMatchObject(zeros);
  expect(rooms.calls).toEqual([]);
});

test.each([
  ["live", "planned"],
  ["ended", "ended"],
] as const)("a stream registered as %s without a room is %s, with zeros", async (status, told) => {
  streams.put(aStream(A, { status }));
  expect(countOf(await reader.read(A))).toMatchObject({ status: told, viewers: 0 });
});

describe("when the room does not answer", () => {
  test("the last numbers are told as stale, and cached by nobody, for a minute", async () => {
    live(5);
    await reader.read(A);
    rooms.before = away;
    await time.pass(59_999);
    const read = await reader.read(A);
    expect(read).toMatchObject({ count: { viewers: 5, stale: true, source: "memo" } });
    expect(read).toMatchObject({ maxAgeSeconds: 0 });
    await time.pass(1);
    expect(await reader.read(A)).toEqual({
      status: "read",
      count: { stream: A, status: "aggregating" },
      maxAgeSeconds: 0,
    });
  });

  test("the numbers of an end stay true however old", async () => {
    streams.put(aStream(A, { status: "ended" }));
    rooms.set(A, { status: "ended", peak: 9 });
    await reader.read(A);
    rooms.before = away;
    await time.pass(3_600_000);
    expect(countOf(await reader.read(A))).toMatchObject({ peak: 9, stale: true });
  });

  test("what was never read is aggregating, and a strong read gets nothing", async () => {
    live(5);
    rooms.before = away;
    expect(countOf(await reader.read(A))).toEqual({ stream: A, status: "aggregating" });
    expect(await reader.readStrong(A)).toEqual({ status: "no-room" });
  });

  test("the next read after it is back is fresh again", async () => {
    live(5);
    rooms.before = away;
    await reader.read(A);
    rooms.before = async () => undefined;
    expect(countOf(await reader.read(A))).toMatchObject({ viewers: 5, source: "room" });
  });
});

test("while the registry does not answer, a stream read before is read on, and no room is asked for another", async () => {
  live(5);
  await reader.read(A);
  streams.before = away;
  await time.pass(61_000);
  live(6);
  expect(countOf(await reader.read(A))).toMatchObject({ viewers: 6, source: "room" });
  rooms.calls.length = 0;
  expect(countOf(await reader.read(stream("b")))).toEqual({
    stream: "b",
    status: "aggregating",
  });
  expect(await reader.readStrong(stream("b"))).toEqual({ status: "no-registry" });
  expect(rooms.calls).toEqual([]);
});
