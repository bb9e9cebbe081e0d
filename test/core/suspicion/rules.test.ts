import { describe, expect, test } from "vitest";
import {
  browserShare,
  contentRate,
  networkShare,
  networkVelocity,
  partOf,
  visitorVelocity,
} from "../../../src/core/suspicion/rules.ts";
import { content } from "../../support/events.ts";
import { networkKey, visitorKey } from "../../support/view-traffic.ts";

const a = content("a");
const network = networkKey(1);
const visitor = visitorKey(1);

describe("content-rate@1", () => {
  const rate = { content: a, views: 800, usual: 100, fromLargest: 400 };

  test("is found at eight times the usual views where ten networks have half of them", () => {
    expect(contentRate(rate)).toMatchObject({
      rule: "content-rate@1",
      content: a,
      culprit: { kind: "content" },
      evidence: { views: 800, usual: 100, ratio: 8, largestNetworks: 0.5 },
    });
  });

  test("is not found of fewer views, of a smaller rise, or of many networks: so a content goes viral", () => {
    expect(contentRate({ ...rate, views: 799 })).toBeUndefined();
    expect(contentRate({ ...rate, usual: 101 })).toBeUndefined();
    expect(contentRate({ ...rate, fromLargest: 399 })).toBeUndefined();
    expect(
      contentRate({ content: a, views: 100_000, usual: 30, fromLargest: 9_000 }),
    ).toBeUndefined();
  });

  test("takes a content that nobody knows for one with 30 views in five minutes, and asks for 300", () => {
    expect(contentRate({ ...rate, views: 300, usual: 0 })?.evidence.usual).toBe(30);
    expect(contentRate({ ...rate, views: 299, usual: 0 })).toBeUndefined();
  });
});

describe("network-share@1", () => {
  const share = { content: a, network, views: 150, ofContent: 600, usualShare: 0.01 };

  test("is found of 150 views that are a quarter of all", () => {
    expect(networkShare(share)).toMatchObject({
      rule: "network-share@1",
      culprit: { kind: "network", key: network },
      evidence: { views: 150, ofContent: 600, share: 0.25, usualShare: 0.01 },
    });
  });

  test("is not found of fewer views, or of a smaller share", () => {
    expect(networkShare({ ...share, views: 149, ofContent: 149 })).toBeUndefined();
    expect(networkShare({ ...share, ofContent: 601 })).toBeUndefined();
  });

  test("is not found where one network has the most of a content at all times", () => {
    expect(
      networkShare({ ...share, views: 5_000, ofContent: 5_000, usualShare: 0.34 }),
    ).toBeUndefined();
    expect(
      networkShare({ ...share, views: 299, ofContent: 1_000, usualShare: 0.1 }),
    ).toBeUndefined();
    expect(networkShare({ ...share, views: 301, ofContent: 1_000, usualShare: 0.1 })).toBeDefined();
  });

  test("is sure of itself when nearly all is of one network, and not at the threshold", () => {
    expect(networkShare(share)?.score).toBe(50);
    expect(networkShare({ ...share, views: 400, ofContent: 450 })?.score).toBeGreaterThan(80);
    expect(networkShare({ ...share, views: 1e6, ofContent: 1e6 })?.score).toBe(100);
  });
});

describe("browser-share@1", () => {
  const share = {
    content: a,
    family: "chrome",
    views: 975,
    ofContent: 1_000,
    usualViews: 100,
    usualShare: 0.65,
  } as const;

  test("is found at twenty times the usual odds, while there is a rush", () => {
    expect(browserShare(share)).toMatchObject({
      rule: "browser-share@1",
      culprit: { kind: "browser", family: "chrome" },
    });
    expect(browserShare({ ...share, views: 973 })).toBeUndefined();
    expect(browserShare({ ...share, usualViews: 334 })).toBeUndefined();
  });

  test("is not found of few views, or where a link in an application moves a share to 80 %", () => {
    expect(browserShare({ ...share, views: 499, ofContent: 499 })).toBeUndefined();
    expect(
      browserShare({ ...share, family: "firefox", views: 790, usualShare: 0.03 }),
    ).toBeUndefined();
    expect(
      browserShare({ ...share, family: "safari", views: 800, usualShare: 0.25 }),
    ).toBeUndefined();
  });
});

describe("velocities", () => {
  test("a visitor may have a hundred views in five minutes, and not one more", () => {
    expect(visitorVelocity({ visitor, views: 100, shards: 1 })).toBeUndefined();
    expect(visitorVelocity({ visitor, views: 101, shards: 1 })).toMatchObject({
      rule: "visitor-velocity@1",
      culprit: { kind: "visitor", key: visitor },
    });
  });

  test("of several shards each has its part of it, and what chance adds", () => {
    expect(partOf(100, 1)).toBe(100);
    expect(partOf(100, 4)).toBe(45);
    expect(visitorVelocity({ visitor, views: 45, shards: 4 })).toBeUndefined();
    expect(visitorVelocity({ visitor, views: 46, shards: 4 })).toBeDefined();
  });

  const velocity = {
    network,
    views: 3_001,
    usual: 300,
    ofShard: 30_000,
    onOneContent: 100,
    shards: 1,
  };

  test("a network is found with ten pages a second that are a tenth of all and ten times what is usual of it", () => {
    expect(networkVelocity(velocity)).toMatchObject({
      rule: "network-velocity@1",
      culprit: { kind: "network", key: network },
    });
  });

  test("it is not with fewer, with less than a tenth, as usual, or on one content", () => {
    expect(networkVelocity({ ...velocity, views: 3_000 })).toBeUndefined();
    expect(networkVelocity({ ...velocity, ofShard: 30_011 })).toBeUndefined();
    expect(networkVelocity({ ...velocity, usual: 301 })).toBeUndefined();
    expect(networkVelocity({ ...velocity, onOneContent: 1_501 })).toBeUndefined();
  });
});
