import { beforeEach, expect, test } from "vitest";
import { SharedFlights } from "../../src/app/shared-flights.ts";
import { HandTime, settled } from "../support/hand-time.ts";

const TIMEOUT_MS = 2_000;

interface Fetch {
  readonly keys: readonly string[];
  readonly end: PromiseWithResolvers<ReadonlyMap<string, number>>;
}

let time: HandTime;
let fetches: Fetch[];
let flights: SharedFlights<string, number>;

beforeEach(() => {
  time = new HandTime();
  fetches = [];
  flights = new SharedFlights({ clock: time, timers: time, timeoutMs: TIMEOUT_MS });
});

/** @returns what was got as a list, without what could not be had */
const get = (...keys: string[]): Promise<unknown> =>
  flights
    .get(keys, (wanted) => {
      const end = Promise.withResolvers<ReadonlyMap<string, number>>();
      fetches.push({ keys: wanted, end });
      return end.promise;
    })
    .then((values) => keys.map((key) => values.get(key)));

/** Answers a fetch with the position of each of its keys in the alphabet. */
const land = (index: number): void => {
  const fetch = fetches[index];
  fetch?.end.resolve(new Map(fetch.keys.map((key) => [key, key.charCodeAt(0) - 96])));
};

test("requests for one key share one fetch, and each gets its value", async () => {
  const got = [get("a"), get("a"), get("a")];
  await settled();
  expect(fetches.map(({ keys }) => keys)).toEqual([["a"]]);
  land(0);
  expect(await Promise.all(got)).toEqual([[1], [1], [1]]);
  expect(time.running).toBe(0);
});

test("a request fetches only what is not under way", async () => {
  const got = [get("a", "b"), get("b", "c"), get("c", "a")];
  await settled();
  expect(fetches.map(({ keys }) => keys)).toEqual([["a", "b"], ["c"]]);
  land(1);
  land(0);
  expect(await Promise.all(got)).toEqual([
    [1, 2],
    [2, 3],
    [3, 1],
  ]);
});

test("a key that a fetch could not get is absent from it and from those who joined", async () => {
  const got = [get("a", "b"), get("b")];
  fetches[0]?.end.resolve(new Map([["a", 1]]));
  expect(await Promise.all(got)).toEqual([[1, undefined], [undefined]]);
  expect(time.running).toBe(0);
});

test("a fetch that has landed is joined by nobody", async () => {
  const first = get("a");
  land(0);
  expect(await first).toEqual([1]);
  const second = get("a");
  expect(fetches).toHaveLength(2);
  land(1);
  expect(await second).toEqual([1]);
});

test("a fetch that fails reaches all who share it, and the next request fetches anew", async () => {
  const got = [get("a"), get("a")];
  fetches[0]?.end.reject(new Error("gone"));
  expect(await Promise.all(got)).toEqual([[undefined], [undefined]]);
  const next = get("a");
  land(1);
  expect(await next).toEqual([1]);
});

test("who joined a fetch that does not end waits no longer than its own time", async () => {
  const leader = get("a");
  await time.pass(500);
  const joined = get("a");
  await time.pass(TIMEOUT_MS);
  expect(await joined).toEqual([undefined]);
  land(0);
  expect(await leader).toEqual([1]);
});

test("a fetch whose request died is joined by nobody once it is old", async () => {
  void get("a");
  await time.pass(TIMEOUT_MS + 1);
  const next = get("a");
  expect(fetches).toHaveLength(2);
  land(1);
  expect(await next).toEqual([1]);
});

test("an old fetch that ends after all takes no newer one with it", async () => {
  void get("a");
  await time.pass(TIMEOUT_MS + 1);
  const newer = [get("a")];
  land(0);
  await settled();
  newer.push(get("a"));
  expect(fetches).toHaveLength(2);
  land(1);
  expect(await Promise.all(newer)).toEqual([[1], [1]]);
});
