import { expect, test } from "vitest";
import { Breakers } from "../../src/adapters/breakers.ts";
import { type GuardDeps, guarded, type Policy } from "../../src/adapters/guarded.ts";
import {
  BREAKER_FAILURES,
  BREAKER_MAX_KEYS,
  BREAKER_REST_MIN_MS,
  BREAKERS_SHOWN,
} from "../../src/core/limits.ts";
import type { Log, LogFields } from "../../src/ports/log.ts";
import { isResting } from "../../src/ports/resting.ts";
import { HandTime, settled } from "../support/hand-time.ts";

/** A failure as its vendor throws it. */
class Fault extends Error {
  readonly fault: "backend" | "overload" | "caller";
  readonly mayPass: boolean;

  constructor(fault: "backend" | "overload" | "caller", mayPass = false) {
    super(fault);
    this.fault = fault;
    this.mayPass = mayPass;
  }
}

const POLICY = {
  port: "store",
  timeoutMs: 100,
  tries: { attempts: 3, minPauseMs: 0, maxPauseMs: 0 },
  explain: (cause, what) => ({
    error: new Error(what, { cause }),
    mayPass: cause instanceof Fault && cause.mayPass,
    fault: cause instanceof Fault ? cause.fault : "backend",
  }),
} satisfies Policy;

/** As a class, so that methods which are not the object's own are guarded too. */
class Store {
  /** Keys it was asked for, in their order. */
  readonly asked: string[] = [];
  /** What becomes of the next calls; nothing more to say: it answers. */
  readonly #script: (Fault | "silence")[] = [];

  will(...outcomes: readonly (Fault | "silence")[]): void {
    this.#script.push(...outcomes);
  }

  async read(key: string): Promise<string> {
    this.asked.push(key);
    const outcome = this.#script.shift();
    if (outcome === "silence") return new Promise(() => undefined);
    if (outcome !== undefined) throw outcome;
    return `of ${key}`;
  }
}

const makeWorld = () => {
  const time = new HandTime();
  const lines: (LogFields & { readonly event: string })[] = [];
  const note = (event: string, fields: LogFields) => lines.push({ event, ...fields });
  const log: Log = { info: note, warn: note, error: note };
  const breakers = new Breakers({ clock: time, log });
  const store = new Store();
  const guard = (deps: Pick<GuardDeps, "gate" | "atRest">): Store =>
    guarded(store, POLICY, { timers: time, random: RANDOM, ...deps });
  const one = guard({ gate: breakers.of("store") });
  const stateOf = () => breakers.states()[0]?.state;
  return { time, lines, breakers, store, guard, one, stateOf };
};

const RANDOM = { bytes: (count: number) => new Uint8Array(count), fraction: () => 0 };

const AWAY = new Fault("backend");
const BUSY = new Fault("backend", true);
const OVERLOAD = new Fault("overload", true);
const WRONG = new Fault("caller");

const failureOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call;
  } catch (cause) {
    return cause;
  }
  throw new Error("it did not fail");
};

/** Has the store fail as often as it takes, or less often. */
const failTimes = async ({ store }: { store: Store }, port: Store, times = BREAKER_FAILURES) => {
  store.will(...Array.from({ length: times }, () => AWAY));
  for (let i = 0; i < times; i += 1) await failureOf(port.read("a"));
};

/** A pause between two tries is over. */
const retried = async <T>(time: HandTime, call: Promise<T>): Promise<T> => {
  call.catch(() => undefined);
  for (let i = 0; i < POLICY.tries.attempts; i += 1) {
    await settled();
    await time.pass(0);
  }
  return call;
};

test("a call reaches the port and brings its answer, and leaves no timer", async () => {
  const { one, time, store } = makeWorld();
  expect(await one.read("a")).toBe("of a");
  expect(store.asked).toEqual(["a"]);
  expect(time.running).toBe(0);
});

test("a backend that failed too often in a row is not asked: the error is the port's own, and says so", async () => {
  const world = makeWorld();
  await failTimes(world, world.one, BREAKER_FAILURES - 1);
  expect(world.stateOf()).toBe("closed");
  await failTimes(world, world.one, 1);
  const { length } = world.store.asked;
  const thrown = await failureOf(world.one.read("b"));
  expect(world.store.asked).toHaveLength(length);
  expect(thrown).toMatchObject({ message: "store.read" });
  expect(isResting(thrown)).toBe(true);
});

test("after its rest one alone is let through; its success lets all through again", async () => {
  const world = makeWorld();
  const { time, store, one } = world;
  await failTimes(world, one);
  await time.pass(BREAKER_REST_MIN_MS);
  store.asked.length = 0;
  const [probe, ...others] = await Promise.allSettled([
    one.read("p"),
    one.read("q"),
    one.read("r"),
  ]);
  expect(store.asked).toEqual(["p"]);
  expect(probe).toMatchObject({ status: "fulfilled" });
  expect(others.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await one.read("q")).toBe("of q");
});

test("a probe is one try, and its failure makes the rest longer", async () => {
  const world = makeWorld();
  const { time, store, one } = world;
  await failTimes(world, one);
  await time.pass(BREAKER_REST_MIN_MS);
  store.asked.length = 0;
  store.will(BUSY);
  await failureOf(one.read("p"));
  await time.pass(2 * BREAKER_REST_MIN_MS - 1);
  await failureOf(one.read("q"));
  expect(store.asked).toEqual(["p"]);
  await time.pass(1);
  expect(await one.read("q")).toBe("of q");
});

test("a call that gets no answer fails after its time", async () => {
  const { one, time, store } = makeWorld();
  store.will("silence");
  const failed = failureOf(one.read("a"));
  await time.pass(POLICY.timeoutMs);
  const thrown = await failed;
  expect(thrown).toMatchObject({ cause: { message: "store.read did not answer within 100 ms" } });
  expect(isResting(thrown)).toBe(false);
});

test("a call with all its tries is one failure, and one that ends well none", async () => {
  const { one, time, store, stateOf } = makeWorld();
  store.will(BUSY, BUSY);
  expect(await retried(time, one.read("a"))).toBe("of a");
  for (let i = 1; i < BREAKER_FAILURES; i += 1) {
    store.will(BUSY, BUSY, BUSY);
    await failureOf(retried(time, one.read("a")));
  }
  expect(store.asked).toHaveLength(3 * BREAKER_FAILURES);
  expect(stateOf()).toBe("closed");
  store.will(BUSY, BUSY, BUSY);
  await failureOf(retried(time, one.read("a")));
  expect(stateOf()).toBe("open");
});

test("what others have found out meanwhile spares a call its other tries", async () => {
  const world = makeWorld();
  const { one, time, store } = world;
  store.will(BUSY);
  const slow = one.read("slow");
  await failTimes(world, one);
  store.asked.length = 0;
  // It is between two tries: the next one, its second, is its last.
  store.will(BUSY);
  await failureOf(retried(time, slow));
  expect(store.asked).toEqual(["slow"]);
});

test("one overload is enough, and is not tried again", async () => {
  const { one, store, stateOf } = makeWorld();
  store.will(OVERLOAD);
  await failureOf(one.read("a"));
  expect(store.asked).toEqual(["a"]);
  expect(stateOf()).toBe("open");
});

test("errors of callers never open it, and end a row of failures: the backend has answered", async () => {
  const world = makeWorld();
  const { one, store, stateOf } = world;
  for (let i = 0; i < 3 * BREAKER_FAILURES; i += 1) {
    store.will(WRONG);
    await failureOf(one.read("a"));
  }
  await failTimes(world, one, BREAKER_FAILURES - 1);
  store.will(WRONG);
  await failureOf(one.read("a"));
  await failTimes(world, one, BREAKER_FAILURES - 1);
  expect(stateOf()).toBe("closed");
});

test("who tries in any case reaches a backend that rests, with all tries; failing lengthens no rest, succeeding ends it", async () => {
  const world = makeWorld();
  const { time, store, one, breakers, stateOf } = world;
  const orders = world.guard({ gate: breakers.of("store"), atRest: "try" });
  await failTimes(world, one);
  store.asked.length = 0;
  store.will(BUSY, BUSY, BUSY);
  await failureOf(retried(time, orders.read("order")));
  expect(store.asked).toEqual(["order", "order", "order"]);
  await time.pass(BREAKER_REST_MIN_MS);
  store.will("silence");
  const probe = failureOf(one.read("probe"));
  expect(stateOf()).toBe("probing");
  expect(await orders.read("order")).toBe("of order");
  expect(stateOf()).toBe("closed");
  await time.pass(POLICY.timeoutMs);
  await probe;
  expect(stateOf()).toBe("closed");
});

test("without a breaker nothing is refused however often it fails", async () => {
  const world = makeWorld();
  const open = world.guard({});
  await failTimes(world, open, 5 * BREAKER_FAILURES);
  expect(await open.read("a")).toBe("of a");
});

test("one of many is left alone for itself, and told of only while it is", async () => {
  const world = makeWorld();
  const { one, time, store, breakers, guard } = world;
  const each = guard({ gate: breakers.ofEach("room") });
  await one.read("x");
  await failTimes(world, each);
  expect(await each.read("b")).toBe("of b");
  store.asked.length = 0;
  await failureOf(each.read("a"));
  expect(store.asked).toEqual([]);
  expect(breakers.states()).toEqual([
    { backend: "store", state: "closed" },
    { backend: "room:a", state: "open", since: time.now() },
  ]);
  await time.pass(BREAKER_REST_MIN_MS);
  await each.read("a");
  expect(breakers.states()).toEqual([{ backend: "store", state: "closed" }]);
});

test("of the many a bounded number is remembered, closed ones forgotten first, and few are told of", async () => {
  const world = makeWorld();
  const { breakers, guard, store } = world;
  const each = guard({ gate: breakers.ofEach("room") });
  store.will(OVERLOAD);
  await failureOf(each.read("first"));
  for (let i = 0; i < 2 * BREAKER_MAX_KEYS; i += 1) await each.read(`closed-${i}`);
  expect(breakers.states()).toMatchObject([{ backend: "store" }, { backend: "room:first" }]);
  for (let i = 0; i < BREAKER_MAX_KEYS; i += 1) {
    store.will(OVERLOAD);
    await failureOf(each.read(`away-${i}`));
  }
  expect(breakers.states()).toHaveLength(1 + BREAKERS_SHOWN);
  // The one known longest has given way to the last one.
  store.asked.length = 0;
  await failureOf(each.read(`away-${BREAKER_MAX_KEYS - 1}`));
  await each.read("first");
  expect(store.asked).toEqual(["first"]);
});

test("the log tells when it opens and when it closes, and nothing in between", async () => {
  const world = makeWorld();
  const { one, time, store, lines } = world;
  await failTimes(world, one);
  for (let i = 0; i < 10; i += 1) await failureOf(one.read("a"));
  await time.pass(BREAKER_REST_MIN_MS);
  store.will(AWAY);
  await failureOf(one.read("a"));
  await time.pass(2 * BREAKER_REST_MIN_MS);
  await one.read("a");
  await one.read("a");
  expect(lines).toEqual([
    { event: "breaker.opened", backend: "store", failures: BREAKER_FAILURES, restMs: 1_000 },
    { event: "breaker.closed", backend: "store", afterMs: 3 * BREAKER_REST_MIN_MS },
  ]);
});
