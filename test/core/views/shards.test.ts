import { expect, test } from "vitest";
import { parseSchedule } from "../../../src/core/views/shards.ts";

test("a schedule is a number, then others from a UTC hour on", () => {
  expect(parseSchedule("8,16@2026-12-01T00Z")).toEqual({
    status: "ok",
    schedule: [
      { count: 8, fromHourMs: Number.NEGATIVE_INFINITY },
      { count: 16, fromHourMs: Date.UTC(2026, 11, 1) },
    ],
  });
});
