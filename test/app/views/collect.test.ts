import { beforeEach, expect, test } from "vitest";
import { collectInto } from "../../../src/app/views/collect.ts";
import { COLLECTORS_PER_COLO, OVERLOAD_REST_MS } from "../../../src/core/limits.ts";
import { TimeoutError } from "../../../src/ports/timers.ts";
import type { CollectAnswer } from "../../../src/protocol/object-rpc.ts";
import { HandTime } from "../../support/hand-time.ts";

type Outcome = CollectAnswer["status"] | "throws" | "too slow";

let time: HandTime;
let asked: string[];
let outcomes: Outcome[];
let send: (frames: Uint8Array) => Promise<void>;

beforeEach(() => {
  time = new HandTime();
  asked = [];
  outcomes = [];
  const collect = collectInto({
    clock: time,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    collectors: {
      async append(colo, k) {
        asked.push(`${colo}:${k}`);
        const status = outcomes.shift() ?? "committed";
        if (status === "throws") throw new Error("gone");
        if (status === "too slow") throw new TimeoutError("too slow");
        return { status };
      },
    },
  });
  send = (frames) => collect("FRA", frames);
});

const FRAMES = Uint8Array.of(1);

test("a group goes to the colo's Collector 0", async () => {
  await send(FRAMES);
  expect(asked).toEqual(["FRA:0"]);
});

test("a Collector that fails once is asked once more", async () => {
  outcomes = ["throws"];
  await send(FRAMES);
  expect(asked).toEqual(["FRA:0", "FRA:0"]);
});

test("a Collector that is too slow is not asked for the same again", async () => {
  outcomes = ["too slow"];
  await expect(send(FRAMES)).rejects.toThrow("too slow");
  expect(asked).toEqual(["FRA:0"]);
});

test("a Collector that is overloaded is left for the next one, for a while", async () => {
  outcomes = ["overloaded"];
  await send(FRAMES);
  await send(FRAMES);
  expect(asked).toEqual(["FRA:0", "FRA:1", "FRA:1"]);
  await time.pass(OVERLOAD_REST_MS);
  await send(FRAMES);
  expect(asked.at(-1)).toBe("FRA:0");
});

test("a group that nobody takes is given up after a few calls, not known to be durable", async () => {
  outcomes = ["overloaded", "overloaded", "overloaded"];
  await expect(send(FRAMES)).rejects.toThrow("overloaded");
  expect(asked).toEqual(["FRA:0", "FRA:1", "FRA:2"]);
  outcomes = ["throws", "throws", "throws"];
  await expect(send(FRAMES)).rejects.toThrow("gone");
  expect(asked).toHaveLength(6);
});

test("however many say overloaded, the set of Collectors stays bounded", async () => {
  outcomes = Array<Outcome>(30).fill("overloaded");
  for (let group = 0; group < 10; group += 1) await send(FRAMES).catch(() => undefined);
  expect(new Set(asked).size).toBe(COLLECTORS_PER_COLO);
});
