/** The variable `LIMITS`, the bindings beside it in `wrangler.toml`, and what holds without it: one set of numbers. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DEFAULT_QUOTAS } from "../../../src/core/rate-policies.ts";
import { checkLimits } from "../../../src/env-limits.ts";

const WRANGLER_TOML = readFileSync("wrangler.toml", "utf8");

const BINDING =
  /\[\[ratelimits\]\]\nname = "(\w+)"\nnamespace_id = "(\d+)"\nsimple = \{ limit = (\d+), period = (\d+) \}/g;

const check = (text: string | undefined) => {
  const reasons: string[] = [];
  const limits = checkLimits(text, (variable, reason) => {
    reasons.push(`${variable}: ${reason}`);
    return undefined;
  });
  return { limits, reasons };
};

describe("as deployed", () => {
  const [, variable] = /^LIMITS = """([^"]*)"""$/m.exec(WRANGLER_TOML) ?? [];

  test("the variable names every limit, with the numbers that hold without it", () => {
    expect(check(variable)).toEqual({ limits: DEFAULT_QUOTAS, reasons: [] });
    expect(variable?.split(",")).toHaveLength(Object.keys(DEFAULT_QUOTAS).length);
  });

  test("every limit has a binding of its own with the same numbers", () => {
    const bindings = [...WRANGLER_TOML.matchAll(BINDING)];
    expect(bindings).toHaveLength(WRANGLER_TOML.split("[[ratelimits]]").length - 1);
    const expected = Object.entries(DEFAULT_QUOTAS).map(([policy, { limit, windowMs }]) => [
      `${policy.toUpperCase().replaceAll("-", "_")}_LIMIT`,
      `${limit}/${windowMs / 1_000}`,
    ]);
    const found = bindings.map(([, name, , limit, period]) => [name, `${limit}/${period}`]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    expect(new Set(bindings.map(([, , id]) => id)).size).toBe(bindings.length);
  });
});

test("what the variable leaves out keeps its number, and without it all do", () => {
  expect(check(undefined).limits).toEqual(DEFAULT_QUOTAS);
  const changed = { limit: 5, windowMs: 10_000 };
  expect(check("mint=5/10, read-hosting=5/10").limits).toEqual({
    ...DEFAULT_QUOTAS,
    mint: changed,
    "read-hosting": changed,
  });
});

test("off is off", () => {
  expect(check("off")).toEqual({ limits: "off", reasons: [] });
});

test.each([
  ["mint", "NAME=REQUESTS/SECONDS"],
  ["mint=0/60", "NAME=REQUESTS/SECONDS"],
  ["mint=-1/60", "NAME=REQUESTS/SECONDS"],
  ["mint=600/30", "10 or 60"],
  ["mint=600/60,", "NAME=REQUESTS/SECONDS"],
  ["mint=600/60, mint=60/60", "twice"],
  ["toString=600/60", "NAME=REQUESTS/SECONDS"],
  ["constructor=600/60", "constructor"],
  ["receipt-hosting=600/60", "receipt-hosting"],
])("%s is refused, and the reason says why", (text, reason) => {
  const { limits, reasons } = check(text);
  expect(limits).toBeUndefined();
  expect(reasons).toEqual([expect.stringContaining(reason)]);
});
