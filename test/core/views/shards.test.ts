import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allShards,
  homesOf,
  parseSchedule,
  type ShardSchedule,
  shardOf,
} from "../../../src/core/views/shards.ts";
import { content } from "../../support/events.ts";

const CHANGE = Date.UTC(2026, 11, 1);

const schedule = (text: string): ShardSchedule => {
  const parsed = parseSchedule(text);
  if (parsed.status === "refused") throw new Error(parsed.reason);
  return parsed.schedule;
};

const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).map(content);

test("a schedule is a number, then others from a UTC hour on", () => {
  expect(parseSchedule("8,16@2026-12-01T00Z")).toEqual({
    status: "ok",
    schedule: [
      { count: 8, fromHourMs: Number.NEGATIVE_INFINITY },
      { count: 16, fromHourMs: CHANGE },
    ],
  });
});

test.each([
  "",
  "0",
  "1025",
  "-1",
  "8.5",
  "8,",
  "8,16",
  "8@2026-12-01T00Z",
  "8,16@2026-12-01",
  "8,16@2026-12-01T00:30Z",
  "8,16@2026-13-01T00Z",
  "8,16@2026-02-30T00Z",
  "8,16@2026-12-01T24Z",
  "8,16@2026-12-01T00Z,32@2026-12-01T00Z",
  "8,16@2026-12-01T00Z,32@2026-11-01T00Z",
])("%j is refused with a reason", (text) => {
  expect(parseSchedule(text)).toMatchObject({ status: "refused", reason: expect.any(String) });
});

describe("routing", () => {
  const growing = schedule("4,16@2026-12-01T00Z");

  test("goes by the hour of the event, so that an hour has one home", () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 3_599_999 }), (id, offset) => {
        const before = CHANGE - 3_600_000;
        expect(shardOf(growing, id, before + offset)).toBe(shardOf(schedule("4"), id, before));
        expect(shardOf(growing, id, CHANGE + offset)).toBe(shardOf(schedule("16"), id, CHANGE));
      }),
    );
  });

  test("stays among the homes that readers ask, each named once", () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: CHANGE - 1e9, max: CHANGE + 1e9 }), (id, at) => {
        const homes = homesOf(growing, id);
        expect(homes).toContain(shardOf(growing, id, at));
        expect(new Set(homes).size).toBe(homes.length);
        for (const home of homes) expect(allShards(growing)).toContain(home);
      }),
    );
  });

  test("spreads contents evenly", () => {
    const load = new Array<number>(8).fill(0);
    for (let number = 0; number < 8_000; number += 1) {
      const shard = shardOf(schedule("8"), content(`article-${number}`), 0);
      load[shard] = (load[shard] ?? 0) + 1;
    }
    for (const contents of load) expect(Math.abs(contents - 1_000)).toBeLessThan(150);
  });
});
