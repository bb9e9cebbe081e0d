import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/core/suspicion/finding.ts";
import { ShardWatch } from "../../../src/core/suspicion/shard-watch.ts";
import { WATCHED_MOST } from "../../../src/core/suspicion/watched-contents.ts";
import { content } from "../../support/events.ts";
import {
  type Botnet,
  botnetTraffic,
  type HonestSite,
  honestTraffic,
  keyOf,
  networkKey,
  type TrafficView,
  together,
  visitorKey,
} from "../../support/view-traffic.ts";

const MIDNIGHT = Date.UTC(2026, 10, 21);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SLOT_MS = 5 * MINUTE_MS;

const SITE: HonestSite = {
  seed: 1,
  from: MIDNIGHT,
  viewsPerSecond: 4,
  contents: 2_000,
  networks: 100_000,
  hasViral: true,
  hasOffice: true,
};

interface Found extends Finding {
  readonly foundAt: number;
}

/** Looks as often as a Tally gets a chunk. */
const watchAll = (views: Iterable<TrafficView>, shards = 1): readonly Found[] => {
  const watch = new ShardWatch(() => shards);
  const all: Found[] = [];
  let looked = 0;
  for (const view of views) {
    watch.see(view, view.acceptedAt);
    if (view.acceptedAt < looked + 1_000) continue;
    looked = view.acceptedAt;
    all.push(...watch.findings().map((finding) => ({ ...finding, foundAt: view.acceptedAt })));
  }
  return all;
};

const botnet = (more: Partial<Botnet> = {}): Botnet => ({
  from: MIDNIGHT + 13 * HOUR_MS,
  content: "c-3",
  network: 5_000_000,
  browsers: 400,
  confirms: 30_000,
  everyMs: MINUTE_MS,
  ...more,
});

/** Somebody who was not asked for anything but to view this. */
const view = (acceptedAt: number, more: Partial<TrafficView> = {}): TrafficView => ({
  acceptedAt,
  at: acceptedAt - 3_000,
  content: content("a"),
  visitor: visitorKey(acceptedAt),
  network: networkKey(acceptedAt),
  browser: "chrome",
  ...more,
});

const evenly = (from: number, to: number, everyMs: number, of: (at: number) => TrafficView) =>
  Array.from({ length: Math.floor((to - from) / everyMs) }, (_, index) =>
    of(from + index * everyMs),
  );

describe("honest traffic", () => {
  test("a day of it raises nothing, with a content that goes viral and an office that reads all day", () => {
    expect(watchAll(honestTraffic(SITE))).toEqual([]);
  });

  test("nor does a day of a small site, whatever its seed", () => {
    for (const seed of [2, 3]) {
      const small = { ...SITE, seed, viewsPerSecond: 1, contents: 200, networks: 5_000 };
      expect(watchAll(honestTraffic(small))).toEqual([]);
    }
  });

  test("a content that is new and doubles every five minutes raises nothing, however far it goes", () => {
    const views = Array.from({ length: 8 }, (_, slot) => {
      const from = MIDNIGHT + slot * SLOT_MS;
      return evenly(from, from + SLOT_MS, SLOT_MS / (40 * 2 ** slot), (at) =>
        view(at, { network: networkKey(Math.floor(at / 3)) }),
      );
    });
    expect(watchAll(views.flat())).toEqual([]);
  });

  test("what is read from one network at all times raises nothing when it is read much", () => {
    const inHouse = (at: number) => view(at, { network: networkKey(7) });
    const quiet = evenly(MIDNIGHT, MIDNIGHT + 6 * SLOT_MS, 5_000, inHouse);
    const busy = evenly(MIDNIGHT + 6 * SLOT_MS, MIDNIGHT + 7 * SLOT_MS, 1_000, inHouse);
    expect(watchAll([...quiet, ...busy])).toEqual([]);
    expect(watchAll(busy)).not.toEqual([]);
  });
});

describe("a botnet of one network on one content", () => {
  const busy: HonestSite = { ...SITE, seed: 5, viewsPerSecond: 20, hours: [12.5, 13.75] };

  test("is found within a minute of its beginning, wherever in the five minutes it begins, and nobody else is", () => {
    const honest = [...honestTraffic(busy)];
    for (let offset = 0; offset < SLOT_MS; offset += 45_000) {
      const from = MIDNIGHT + 13 * HOUR_MS + offset;
      const found = watchAll(together(honest, botnetTraffic(botnet({ from, confirms: 2_000 }))));
      expect(found[0]?.foundAt).toBeLessThanOrEqual(from + MINUTE_MS);
      for (const { rule, content: of, culprit } of found) {
        expect({ rule, of, culprit }).toEqual({
          rule: "network-share@1",
          of: content("c-3"),
          culprit: { kind: "network", key: networkKey(5_000_000) },
        });
      }
    }
  });

  test("goes on being found as long as it goes on: it does not become what is usual", () => {
    const found = watchAll(together(honestTraffic(busy), botnetTraffic(botnet())));
    const last = Math.max(...found.map(({ foundAt }) => foundAt));
    expect(last).toBeGreaterThan(MIDNIGHT + 13.7 * HOUR_MS);
  });

  test("the same events at the same times give the same findings", () => {
    const once = () =>
      watchAll(together(honestTraffic({ ...busy, hours: [13, 13.2] }), botnetTraffic(botnet())));
    expect(once()).toEqual(once());
  });
});

describe("other ways to tamper", () => {
  /** Its usual browsers, at 100 views in five minutes. */
  const usual = (from: number, slots: number) =>
    evenly(from, from + slots * SLOT_MS, 3_000, (at) =>
      view(at, { browser: at % 9_000 === 0 ? "safari" : "chrome" }),
    );

  test("many networks with one browser are found by their browser", () => {
    const from = MIDNIGHT + 6 * SLOT_MS;
    const bots = evenly(from, from + SLOT_MS, 100, (at) => view(at + 1, { browser: "firefox" }));
    const found = watchAll(together(usual(MIDNIGHT, 7), bots));
    expect(found[0]).toMatchObject({
      rule: "browser-share@1",
      culprit: { kind: "browser", family: "firefox" },
    });
    expect(found[0]?.foundAt).toBeLessThanOrEqual(from + MINUTE_MS);
  });

  test("some dozen networks, of which none stands out, are found by the rate of the content", () => {
    const from = MIDNIGHT + 6 * SLOT_MS;
    const bots = evenly(from, from + SLOT_MS, 150, (at) =>
      view(at + 1, {
        network: networkKey(Math.floor(at / 150) % 16),
        browser: at % 450 === 0 ? "safari" : "chrome",
      }),
    );
    const found = watchAll(together(usual(MIDNIGHT, 7), bots));
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(["content-rate@1"]));
  });

  test("a visitor who views more than anybody can is found, one who views as much as he can is not", () => {
    const from = MIDNIGHT;
    const reader = (everyMs: number) =>
      evenly(from, from + SLOT_MS, everyMs, (at) =>
        view(at, { visitor: visitorKey(1), content: content(`c-${at % 997}`) }),
      );
    expect(watchAll(reader(3_000))).toEqual([]);
    expect(watchAll(reader(1_000))[0]).toMatchObject({
      rule: "visitor-velocity@1",
      culprit: { kind: "visitor", key: visitorKey(1) },
    });
  });

  test("a network that runs over all contents is found, where it is a large part of what there is", () => {
    const from = MIDNIGHT + 12 * HOUR_MS;
    const crawler = evenly(from, from + SLOT_MS, 50, (at) =>
      view(at, { network: networkKey(42), content: content(`c-${(at / 50) % 997}`) }),
    );
    const honest = { ...SITE, hasViral: false, hours: [11.5, 12.2] } as const;
    const found = watchAll(together(honestTraffic(honest), crawler));
    expect(new Set(found.map(({ rule }) => rule))).toEqual(new Set(["network-velocity@1"]));
    const large = { ...honest, viewsPerSecond: 300, hours: [11.9, 12.1] } as const;
    expect(watchAll(together(honestTraffic(large), crawler))).toEqual([]);
  });
});

describe("bounds", () => {
  test("a million contents, visitors and networks in five minutes are forgotten but for a bounded number", () => {
    const watch = new ShardWatch(() => 1);
    for (let number = 0; number < 1_000_000; number += 1) {
      watch.see(
        view(MIDNIGHT + Math.floor((number * SLOT_MS) / 1_000_000), {
          content: content(`c-${number}`),
          visitor: keyOf(3, number),
          network: keyOf(4, number),
        }),
        MIDNIGHT + Math.floor((number * SLOT_MS) / 1_000_000),
      );
    }
    expect(watch.findings()).toEqual([]);
    expect(watch.contents).toBe(0);
  });

  test("of more contents with many views than can be watched, those with the most are", () => {
    const watch = new ShardWatch(() => 1);
    let each = 0;
    const serve = (name: string, times: number, of: Partial<TrafficView> = {}) => {
      for (let time = 0; time < times; time += 1, each += 1) {
        watch.see(
          view(MIDNIGHT, {
            content: content(name),
            network: keyOf(5, each),
            visitor: keyOf(6, each),
            ...of,
          }),
          MIDNIGHT,
        );
      }
    };
    serve("largest", 1_000);
    for (let number = 0; number < 3 * WATCHED_MOST; number += 1) serve(`c-${number}`, 40);
    expect(watch.contents).toBeLessThanOrEqual(WATCHED_MOST);
    serve("largest", 1_000, { network: networkKey(9) });
    expect(watch.findings().map(({ content: of }) => of)).toEqual([content("largest")]);
  });

  test("what comes of five minutes that are over is not looked at", () => {
    const watch = new ShardWatch(() => 1);
    watch.see(view(MIDNIGHT + SLOT_MS), MIDNIGHT + SLOT_MS);
    for (let time = 0; time < 1_000; time += 1) {
      watch.see(view(MIDNIGHT + time, { network: networkKey(1) }), MIDNIGHT + time);
    }
    expect(watch.findings()).toEqual([]);
  });

  test("what ends with its five minutes is found all the same", () => {
    const views = evenly(MIDNIGHT + SLOT_MS - 4_000, MIDNIGHT + SLOT_MS, 20, (at) =>
      view(at, { network: networkKey(1) }),
    );
    const after = view(MIDNIGHT + SLOT_MS + 1_000);
    const watch = new ShardWatch(() => 1);
    watch.see(view(MIDNIGHT + SLOT_MS - 5_000), MIDNIGHT + SLOT_MS - 5_000);
    watch.findings();
    for (const each of [...views, after]) watch.see(each, each.acceptedAt);
    expect(watch.findings()).toMatchObject([{ rule: "network-share@1" }]);
  });
});
