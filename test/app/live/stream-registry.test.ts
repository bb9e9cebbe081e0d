import { beforeEach, describe, expect, test } from "vitest";
import { StreamRegistry } from "../../../src/app/live/stream-registry.ts";
import { REGISTERED_MEMO_MS, UNREGISTERED_MEMO_MS } from "../../../src/core/limits.ts";
import { RestingError } from "../../../src/ports/resting.ts";
import { HandTime } from "../../support/hand-time.ts";
import { aStream, MemoryStreams, stream } from "../../support/live-fakes.ts";
import { NotedLog } from "../../support/noted-log.ts";

const A = stream("a");
const B = stream("b");

let time: HandTime;
let streams: MemoryStreams;
let registry: StreamRegistry;
let log: NotedLog;

beforeEach(() => {
  time = new HandTime();
  streams = new MemoryStreams();
  log = new NotedLog();
  registry = new StreamRegistry({ streams, clock: time, timers: time, log });
});

const away = () => {
  streams.before = () => Promise.reject(new Error("away"));
};

test("a live stream is asked for once in a minute", async () => {
  streams.put(aStream(A, { status: "live" }));
  expect(await registry.find(A)).toMatchObject({ id: A, status: "live" });
  await time.pass(REGISTERED_MEMO_MS - 1);
  expect(await registry.find(A)).toMatchObject({ id: A });
  expect(streams.asked).toHaveLength(1);
  await time.pass(1);
  await registry.find(A);
  expect(streams.asked).toHaveLength(2);
});

test("an unknown stream is asked for once in five seconds, and found when it is registered then", async () => {
  expect(await registry.find(A)).toBeUndefined();
  streams.put(aStream(A));
  await time.pass(UNREGISTERED_MEMO_MS - 1);
  expect(await registry.find(A)).toBeUndefined();
  expect(streams.asked).toHaveLength(1);
  await time.pass(1);
  expect(await registry.find(A)).toMatchObject({ id: A });
});

test.each(["planned", "ended"] as const)(
  "that a stream is %s is believed for no longer than that there is none: it may begin",
  async (status) => {
    streams.put(aStream(A, { status }));
    await registry.find(A);
    streams.put(aStream(A, { status: "live" }));
    await time.pass(UNREGISTERED_MEMO_MS);
    expect(await registry.find(A)).toMatchObject({ status: "live" });
  },
);

test("who asks at the same time shares one question", async () => {
  streams.put(aStream(A));
  const found = await Promise.all(Array.from({ length: 50 }, () => registry.find(A)));
  for (const one of found) expect(one).toMatchObject({ id: A });
  expect(streams.asked).toEqual([[A]]);
  expect(time.running).toBe(0);
});

test("many are asked for at once, and only those that are not remembered", async () => {
  streams.put(aStream(A, { status: "live" }));
  await registry.find(A);
  const found = await registry.findAll([A, B]);
  expect([...found.keys()]).toEqual([A, B]);
  expect(found.get(A)?.row).toMatchObject({ id: A });
  expect(found.get(B)).toMatchObject({ row: undefined });
  expect(streams.asked).toEqual([[A], [B]]);
});

test("what was changed here is asked for again at once", async () => {
  streams.put(aStream(A));
  await registry.find(A);
  streams.put(aStream(A, { status: "live" }));
  registry.forget(A);
  expect(await registry.find(A)).toMatchObject({ status: "live" });
});

describe("when the database does not answer", () => {
  test("what was never known cannot be known, for the one as for those who wait with it", async () => {
    away();
    const asked = await Promise.allSettled([registry.find(A), registry.find(A)]);
    expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect((await registry.findAll([A])).size).toBe(0);
  });

  test("what was found to be unknown is not taken for unknown for ever", async () => {
    await registry.find(A);
    away();
    await time.pass(UNREGISTERED_MEMO_MS);
    await expect(registry.find(A)).rejects.toThrow();
  });

  test("a stream known before is what it was, and nobody waits for each answer that does not come", async () => {
    streams.put(aStream(A, { status: "live" }));
    await registry.find(A);
    away();
    await time.pass(REGISTERED_MEMO_MS);
    expect(await registry.find(A)).toMatchObject({ status: "live" });
    expect(await registry.find(A)).toMatchObject({ status: "live" });
    expect(streams.asked).toHaveLength(2);
  });

  test("the log says so once a question, however many wait for it, and whether or not it was known before", async () => {
    streams.put(aStream(A, { status: "live" }));
    await registry.find(A);
    away();
    await Promise.allSettled([registry.find(B), registry.find(B), registry.findAll([B])]);
    expect(log.lines).toEqual(["registry.database-unreachable"]);
    await time.pass(REGISTERED_MEMO_MS);
    await registry.find(A);
    expect(log.texts.at(-1)).toBe(
      '{"event":"registry.database-unreachable","cause":"Error: away"}',
    );
    expect(log.lines).toHaveLength(2);
  });

  test("the log says nothing while the database is left alone", async () => {
    streams.before = () => Promise.reject(new RestingError("database"));
    await expect(registry.find(A)).rejects.toThrow();
    expect(log.lines).toEqual([]);
  });

  test("who waits gives up in time", async () => {
    streams.before = () => new Promise(() => undefined);
    const asked = Promise.allSettled([registry.find(A), registry.find(A)]);
    await time.pass(10_000);
    expect((await asked).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(time.running).toBe(0);
  });
});
