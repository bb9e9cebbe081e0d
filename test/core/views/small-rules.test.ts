import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { networkOf } from "../../../src/core/network.ts";
import { pageKey } from "../../../src/core/views/content-url.ts";
import { judgeDwell } from "../../../src/core/views/dwell.ts";
import {
  formatEventId,
  isEventId,
  makeEventId,
  timeOfEventId,
} from "../../../src/core/views/event-id.ts";
import { backoffMs, nextAfterMs } from "../../../src/core/views/pacing.ts";
import { maxAgeSeconds } from "../../../src/core/views/popularity.ts";

describe("a token is confirmed from 3 s to 10 min after its issue", () => {
  test.each([
    [-1, { status: "early", retryAfterMs: 3_001 }],
    [2_999, { status: "early", retryAfterMs: 1 }],
    [3_000, { status: "confirmed" }],
    [599_999, { status: "confirmed" }],
    [600_000, { status: "expired" }],
  ])("after %i ms", (age, dwell) => {
    expect(judgeDwell(1_000_000, 1_000_000 + age)).toEqual(dwell);
  });
});

test("an event id is a UUIDv7 that carries its time, whatever the random bytes", () => {
  const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), random, (at, bytes) => {
      const id = makeEventId(at, bytes);
      const view = new DataView(id.buffer);
      expect(isEventId(view, 0)).toBe(true);
      expect(timeOfEventId(view, 0)).toBe(at);
      expect(formatEventId(id)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }),
  );
});

describe("a network", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
    ["::ffff:cb00:7107", "203.0.113.7"],
    ["0:0:0:0:0:FFFF:203.0.113.7", "203.0.113.7"],
  ])("of %s is %s", (address, network) => expect(networkOf(address)).toBe(network));
});

describe("a page is known by its URL", () => {
  const key = (url: string) => pageKey(new URL(url));

  test.each([
    ["the fragment", "https://a.test/x#part"],
    ["tracking parameters", "https://a.test/x?utm_source=b&gclid=1&fbclid=2&mc_cid=3"],
    ["the letters of the host", "https://A.TEST/x"],
    ["http in place of https", "http://a.test/x"],
  ])("without %s", (_, url) => expect(key(url)).toBe("https://a.test/x"));

  test("whatever the order of its parameters, and told apart by them", () => {
    expect(key("https://a.test/x?b=2&a=1&a=0")).toBe(key("https://a.test/x?a=0&a=1&b=2"));
    expect(key("https://a.test/x?a=1&b=2")).not.toBe(key("https://a.test/x?a=1%26b%3D2"));
  });

  test("and is none when it is not of the web", () => {
    expect(key("file:///etc/passwd")).toBeUndefined();
    expect(key("javascript:alert(1)")).toBeUndefined();
  });
});

describe("pacing", () => {
  test("asks for 0.5 to 5 s, the longer the more sources there are", () => {
    expect([0, 1, 50, 51, 200, 500, 1e9].map(nextAfterMs)).toEqual([
      500, 500, 500, 510, 2_000, 5_000, 5_000,
    ]);
  });

  test("backs off from half of 1 s to 30 s at most, never less than half of the ceiling", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, random) => {
          const ceiling = Math.min(30_000, 1_000 * 2 ** (failures - 1));
          const ms = backoffMs(failures, random);
          expect(ms >= ceiling / 2 && ms <= ceiling).toBe(true);
        },
      ),
    );
  });
});

test("a count is cached for 1 to 5 whole seconds, the longer the more it is read", () => {
  const ages = [-1, 0, 1, 10, 100, 1_000, 1e9].map(maxAgeSeconds);
  expect(ages).toEqual(ages.toSorted((a, b) => a - b));
  expect([ages[0], ages[1], ages.at(-1)]).toEqual([1, 1, 5]);
  expect(ages.every(Number.isInteger)).toBe(true);
});
