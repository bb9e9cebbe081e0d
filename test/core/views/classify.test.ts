import { describe, expect, test } from "vitest";
import { asnClass, browserFamily, classify } from "../../../src/core/views/classify.ts";

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

const verdict = (userAgent: string | undefined, purpose?: string) =>
  classify({ userAgent, purpose });

describe("who asks", () => {
  test.each([CHROME, FIREFOX])("a browser is countable: %s", (userAgent) => {
    expect(verdict(userAgent)).toBe("countable");
  });

  test.each([
    ["a crawler", GOOGLEBOT],
    ["a tool", "curl/8.5.0 (x86_64-pc-linux-gnu)"],
    ["nobody", undefined],
    ["an empty name", ""],
    ["a name too short for a browser", "Mozilla/5.0"],
    ["a name too long for a browser", `${CHROME}${"x".repeat(1_024)}`],
    ["control characters", `${CHROME}\u0000`],
    ["letters no browser sends", `${CHROME} \u{1f916}`],
  ])("%s is a bot", (_, userAgent) => {
    expect(verdict(userAgent)).toBe("bot");
  });

  test.each(["prefetch", "prefetch;prerender", "Prerender", "preview"])(
    "a browser that reads ahead (%s) has seen nothing yet",
    (purpose) => expect(verdict(CHROME, purpose)).toBe("prefetch"),
  );

  test("another purpose changes nothing", () => {
    expect(verdict(CHROME, "navigation")).toBe("countable");
  });
});

test.each([
  [CHROME, "chrome"],
  [FIREFOX, "firefox"],
  [`${CHROME} Edg/142.0.0.0`, "edge"],
  [`${CHROME} OPR/120.0.0.0`, "opera"],
  ["Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1", "safari"],
  ["Mozilla/5.0 (Linux; Android 16) SamsungBrowser/29.0 Chrome/136.0.0.0 Safari/537.36", "samsung"],
  ["something else entirely", "other"],
  [undefined, "other"],
])("%s is of the family %s", (userAgent, family) => {
  expect(browserFamily(userAgent)).toBe(family);
});

test("a network that rents out servers is told from one that people live in", () => {
  expect([asnClass(16509), asnClass(3320), asnClass(undefined)]).toEqual([
    "hosting",
    "access",
    "unknown",
  ]);
});
