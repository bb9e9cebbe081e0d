import { expect, test } from "vitest";
import { usedAt } from "../../bench/cpu-clock.ts";

const samples = [
  { at: 1_000, cpuSeconds: 2 },
  { at: 1_100, cpuSeconds: 2.1 },
  { at: 1_200, cpuSeconds: 2.3 },
];

test("CPU time at a moment lies between the samples around it, in proportion", () => {
  expect(usedAt(samples, 1_050)).toBeCloseTo(2.05);
  expect(usedAt(samples, 1_100)).toBeCloseTo(2.1);
  expect(usedAt(samples, 1_175)).toBeCloseTo(2.25);
});

test("CPU time outside the samples is that of the nearest one", () => {
  expect(usedAt(samples, 0)).toBe(2);
  expect(usedAt(samples, 9_999)).toBe(2.3);
});

test("CPU time without samples is no number", () => {
  expect(usedAt([], 1_000)).toBeNaN();
});
