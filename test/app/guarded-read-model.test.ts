import { expect, test } from "vitest";
import { Breakers } from "../../src/adapters/breakers.ts";
import { guardedReadModel } from "../../src/adapters/guarded-read-model.ts";
import {
  BREAKER_FAILURES,
  BREAKER_REST_MIN_MS,
  READ_MODEL_SETTLE_MS,
  READ_MODEL_TIMEOUT_MS,
} from "../../src/core/limits.ts";
import { NotWholeYetError, ReadModelError } from "../../src/ports/read-model.ts";
import { isResting } from "../../src/ports/resting.ts";
import { HandTime } from "../support/hand-time.ts";
import { NotedLog } from "../support/noted-log.ts";

const RANDOM = { bytes: (count: number) => new Uint8Array(count), fraction: () => 0 };

const makeWorld = () => {
  const time = new HandTime();
  const gate = new Breakers({ clock: time, log: new NotedLog() }).of("redis");
  const world = { time, gate, calls: 0, does: async (): Promise<undefined> => undefined };
  const ask = async () => {
    world.calls += 1;
    return world.does();
  };
  const all = async () => {
    await ask();
    return new Map();
  };
  const live = async () => {
    await ask();
    return { asOf: 0, streams: [] };
  };
  const given = { counts: all, stream: ask, live, views: ask };
  const model = guardedReadModel(given, { timers: time, random: RANDOM, gate });
  const failure = (): Promise<unknown> => model.live(20).catch((cause: unknown) => cause);
  return Object.assign(world, { model, failure });
};

test("who is told nothing in half a second is told so, once and without another try", async () => {
  const world = makeWorld();
  world.does = () => new Promise(() => undefined);
  const failed = world.failure();
  await world.time.pass(READ_MODEL_TIMEOUT_MS - 1);
  expect(world.time.running).toBe(1);
  await world.time.pass(1);
  const thrown = await failed;
  expect(thrown).toBeInstanceOf(ReadModelError);
  expect(thrown).toMatchObject({ message: "read-model.live did not answer within 500 ms" });
  expect(isResting(thrown)).toBe(false);
  expect(world.calls).toBe(1);
});

test("it is left alone after failures, of whichever reads, and the error says so", async () => {
  const world = makeWorld();
  world.does = () => Promise.reject(new ReadModelError("away"));
  expect(await world.failure()).toMatchObject({ message: "away" });
  for (let i = 1; i < BREAKER_FAILURES; i += 1) await world.model.counts([]).catch(() => undefined);
  const thrown = await world.failure();
  expect(world.calls).toBe(BREAKER_FAILURES);
  expect(thrown).toBeInstanceOf(ReadModelError);
  expect(thrown).toMatchObject({ message: "read-model.live: redis is left alone after failures" });
  expect(isResting(thrown)).toBe(true);
});

test("one that is hardly back is believed by nobody for half a minute: its numbers are from before", async () => {
  const world = makeWorld();
  world.does = () => Promise.reject(new ReadModelError("away"));
  for (let i = 0; i < BREAKER_FAILURES; i += 1) await world.failure();
  world.does = async () => undefined;
  await world.time.pass(BREAKER_REST_MIN_MS);
  expect(isResting(await world.failure())).toBe(true);
  expect(world.gate.isClosed).toBe(true);
  const { calls } = world;
  await world.time.pass(READ_MODEL_SETTLE_MS - 1);
  expect(isResting(await world.failure())).toBe(true);
  expect(world.calls).toBe(calls);
  await world.time.pass(1);
  expect(await world.model.live(20)).toEqual({ asOf: 0, streams: [] });
});

test("a list that is not whole yet is an answer: nobody leaves it alone for that", async () => {
  const world = makeWorld();
  world.does = () => Promise.reject(new NotWholeYetError("not yet"));
  for (let i = 0; i < 2 * BREAKER_FAILURES; i += 1) {
    expect(await world.failure()).toBeInstanceOf(NotWholeYetError);
  }
  expect(world.calls).toBe(2 * BREAKER_FAILURES);
  expect(world.gate.isClosed).toBe(true);
});

test("what a client throws is told by its name alone: its message may hold the command", async () => {
  const world = makeWorld();
  for (const [cause, name] of [
    [new TypeError("SET key canary"), "TypeError"],
    ["canary", "string"],
  ] as const) {
    world.does = () => Promise.reject(cause);
    const thrown = await world.failure();
    expect(thrown).toBeInstanceOf(ReadModelError);
    expect(thrown).toMatchObject({ message: `read-model.live: ${name}` });
    expect(thrown).not.toHaveProperty("cause");
  }
});
