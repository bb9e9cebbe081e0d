import { afterEach, expect, test, vi } from "vitest";
import { findOrInstall, type Needed } from "../support/debian-package.ts";

const missing: Needed<string> = {
  name: "Nothing",
  debianPackages: [],
  tests: "the tests of nothing",
  how: "Look elsewhere.",
  find: () => undefined,
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("what is there is taken as it is", () => {
  expect(findOrInstall({ ...missing, find: () => "/here" })).toBe("/here");
});

test("what is missing and cannot be had is a notice", () => {
  vi.stubEnv("CI", "");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  expect(findOrInstall(missing, false)).toBeUndefined();
  expect(warn.mock.calls).toEqual([
    ["Nothing was not found: the tests of nothing are skipped. Look elsewhere."],
  ]);
});

test("under CI it is an error: a skipped test keeps no promise", () => {
  vi.stubEnv("CI", "true");
  expect(() => findOrInstall(missing, false)).toThrow("Nothing was not found");
});
