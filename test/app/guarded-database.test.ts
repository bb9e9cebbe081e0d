import { describe, expect, test } from "vitest";
import { Breakers } from "../../src/adapters/breakers.ts";
import { guardedDatabase } from "../../src/adapters/guarded-database.ts";
import { databaseReaders } from "../../src/adapters/reader-roles.ts";
import { savedRanking, savedStream } from "../../src/app/live/saved-streams.ts";
import { StreamRegistry } from "../../src/app/live/stream-registry.ts";
import { registeredAdmission } from "../../src/app/views/registry.ts";
import { savedCounts } from "../../src/app/views/saved-counts.ts";
import {
  BREAKER_FAILURES,
  BREAKER_REST_MIN_MS,
  DATABASE_ATTEMPTS,
  DATABASE_READ_TIMEOUT_MS,
  DATABASE_RETRY_MAX_MS,
  DATABASE_TIMEOUT_MS,
  READ_TIMEOUT_MS,
  UPKEEP_TIMEOUT_MS,
} from "../../src/core/limits.ts";
import { type Database, DatabaseError } from "../../src/ports/database.ts";
import { isResting } from "../../src/ports/resting.ts";
import type { Timer, Timers } from "../../src/ports/timers.ts";
import { content } from "../support/events.ts";
import { HandTime, settled } from "../support/hand-time.ts";
import { stream } from "../support/live-fakes.ts";
import { NotedLog } from "../support/noted-log.ts";

/** A database that does the same whatever it is asked. */
const databaseThat = (does: (method: string) => Promise<never>): Database => {
  const tables = new Proxy({}, { get: (_, method) => () => does(String(method)) });
  return new Proxy({} as Database, { get: () => tables });
};

const RANDOM = { bytes: (count: number) => new Uint8Array(count), fraction: () => 0 };

const never = () => new Promise<never>(() => undefined);

const NO_TIMER: Timer = { elapsed: never(), cancel: () => undefined };

/** @param timers of the calls alone */
const makeWorld = (does: () => Promise<never> = never, timers?: Timers) => {
  const time = new HandTime();
  const log = new NotedLog();
  const breakers = new Breakers({ clock: time, log });
  const asked: string[] = [];
  const given = databaseThat((method) => {
    asked.push(method);
    return does();
  });
  const explain = () => new DatabaseError("it said no", { transient: true });
  const deps = { explain, timers: timers ?? time, random: RANDOM };
  const gate = breakers.of("database");
  return {
    ...{ time, log, asked, gate },
    ofReaders: guardedDatabase(given, { ...deps, gate }),
    ofOrders: guardedDatabase(given, { ...deps, gate, atRest: "try" }),
    ofObjects: guardedDatabase(given, deps),
  };
};

type World = ReturnType<typeof makeWorld>;

/** Lets time pass for as long as the work takes, at most a minute. @returns ms */
const msOf = async (time: HandTime, work: Promise<unknown>): Promise<number> => {
  const begun = time.now();
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  await settled();
  while (!isOver && time.now() - begun < 60_000) await time.pass(50);
  return time.now() - begun;
};

describe("a database that hangs is left alone after few readers, though each of them gives up early", () => {
  const readers: readonly (readonly [string, (world: World) => () => Promise<unknown>])[] = [
    [
      "of whether streams are registered",
      ({ time, log, ofReaders }) => {
        const deps = { clock: time, timers: time, log };
        const registry = new StreamRegistry({ streams: ofReaders.registry, ...deps });
        return () => registry.find(stream("a"));
      },
    ],
    [
      "of whether contents are registered",
      ({ time, log, ofReaders }) => {
        const admission = registeredAdmission({
          ...{ contents: ofReaders.contents, clock: time, timers: time, log },
          tallies: { standing: async () => ({ known: false, published: 0, truth: 0 }) },
          schedule: [{ count: 1, fromHourMs: Number.NEGATIVE_INFINITY }],
        });
        return () => admission.admits(content("a"));
      },
    ],
    ["of saved counts", (world) => () => savedCounts(savedDeps(world), [content("a")])],
    ["of a saved stream", (world) => () => savedStream(savedDeps(world), stream("a"))],
    ["of the saved list", (world) => () => savedRanking(savedDeps(world), 20, undefined)],
  ];

  const savedDeps = ({ time, log, ofReaders }: World) => {
    const deps = { clock: time, timers: time, log };
    return { ...deps, readers: databaseReaders({ writer: ofReaders, readers: {}, ...deps }) };
  };

  test.each(readers)("%s", async (_, readerOf) => {
    const world = makeWorld();
    const read = readerOf(world);
    for (let i = 0; i < BREAKER_FAILURES; i += 1) {
      expect(world.gate.isClosed).toBe(true);
      // Nothing happens after its end: with the request go its timers.
      expect(await msOf(world.time, read())).toBeLessThan(READ_TIMEOUT_MS);
    }
    expect(world.gate.isClosed).toBe(false);
    world.asked.length = 0;
    expect(await msOf(world.time, read())).toBe(0);
    expect(world.asked).toEqual([]);
    expect(world.log.lines.filter((line) => line.startsWith("breaker"))).toEqual([
      "breaker.opened",
    ]);
  });
});

test("a span of time takes what it takes, and one that hangs is given up once, with one failure", async () => {
  const { time, ofReaders, asked, gate } = makeWorld();
  const work = ofReaders.statistics.days(content("a"), 0, 1);
  expect(await msOf(time, work)).toBe(DATABASE_TIMEOUT_MS);
  await expect(work).rejects.toThrow("database.days did not answer within 10000 ms");
  expect(asked).toEqual(["days"]);
  expect(gate.isClosed).toBe(true);
});

test("orders, and who has no breaker, wait the whole time and try again", async () => {
  const { time, ofOrders, ofObjects, asked } = makeWorld();
  for (const { registry } of [ofOrders, ofObjects]) {
    asked.length = 0;
    const took = await msOf(time, registry.findStreams([stream("a")]));
    expect(took).toBeGreaterThanOrEqual(DATABASE_ATTEMPTS * DATABASE_TIMEOUT_MS);
    expect(took).toBeLessThan(DATABASE_ATTEMPTS * (DATABASE_TIMEOUT_MS + DATABASE_RETRY_MAX_MS));
    expect(asked).toHaveLength(DATABASE_ATTEMPTS);
  }
});

test("a change of tables has its own time, whoever asks for it", async () => {
  const { time, ofReaders } = makeWorld();
  expect(await msOf(time, ofReaders.upkeep.partitions("view_hourly"))).toBe(UPKEEP_TIMEOUT_MS);
});

test("what a reader waits for is asked again where it failed at once, and is one failure with all its tries", async () => {
  const { time, ofReaders, asked, gate } = makeWorld(() => Promise.reject(new Error("no")));
  const work = ofReaders.registry.findStreams([stream("a")]);
  await msOf(time, work);
  expect(asked).toHaveLength(DATABASE_ATTEMPTS);
  expect(gate.isClosed).toBe(true);
  const thrown = await work.catch((cause: unknown) => cause);
  expect(thrown).toBeInstanceOf(DatabaseError);
  expect(thrown).toMatchObject({ message: "database.findStreams: it said no", transient: true });
});

test("an error of the caller says nothing of the database: it is not tried again, and opens nothing", async () => {
  const wrong = new DatabaseError("no such thing", { transient: false });
  const { ofReaders, asked, gate } = makeWorld(() => Promise.reject(wrong));
  for (let i = 0; i < 2 * BREAKER_FAILURES; i += 1) {
    const thrown = await ofReaders.contents.content(content("a")).catch((cause: unknown) => cause);
    expect(thrown).toMatchObject({ message: "database.content: no such thing", transient: false });
  }
  expect(asked).toHaveLength(2 * BREAKER_FAILURES);
  expect(gate.isClosed).toBe(true);
});

test("a refusal is a passing error of the database that says so", async () => {
  const { time, ofReaders, gate } = makeWorld();
  for (let i = 0; i < BREAKER_FAILURES; i += 1) gate.failed(gate.pass, false);
  const thrown = await ofReaders.contents.content(content("a")).catch((cause: unknown) => cause);
  expect(thrown).toBeInstanceOf(DatabaseError);
  expect(thrown).toMatchObject({
    message: "database.content: database is left alone after failures",
    transient: true,
  });
  expect(isResting(thrown)).toBe(true);
  expect(time.running).toBe(0);
});

test("a probe that is gone with its request keeps others away for as long as it may take, and no longer", async () => {
  const { time, ofReaders, gate, asked } = makeWorld(never, { start: () => NO_TIMER });
  const read = () => void ofReaders.registry.findStreams([stream("a")]).catch(() => undefined);
  gate.failed(gate.pass, true);
  await time.pass(BREAKER_REST_MIN_MS);
  read();
  await time.pass(DATABASE_ATTEMPTS * (DATABASE_READ_TIMEOUT_MS + DATABASE_RETRY_MAX_MS) - 1);
  read();
  expect(asked).toHaveLength(1);
  await time.pass(1);
  read();
  expect(asked).toHaveLength(2);
});
