import { describe, expect, test } from "vitest";
import { Limiter } from "../../../src/app/limits/limiter.ts";
import { visitorWithin } from "../../../src/app/limits/visitor-within.ts";
import { MAX_LIMIT_WINDOWS } from "../../../src/core/limits.ts";
import { DEFAULT_QUOTAS, type Quotas } from "../../../src/core/rate-policies.ts";

const perMinute = (limit: number) => ({ limit, windowMs: 60_000 });

const QUOTAS: Quotas = {
  ...DEFAULT_QUOTAS,
  mint: perMinute(4),
  "mint-hosting": perMinute(2),
  "mint-visitor": perMinute(2),
  read: perMinute(30),
  receipt: perMinute(1),
};

/** An isolate whose shared limits let everything through until they are told not to. */
class Isolate {
  now = 1_700_000_000_000;
  sharedAllow = true;
  readonly asked: string[] = [];
  readonly limiter: Limiter;

  constructor(quotas: Quotas | "off" = QUOTAS) {
    this.limiter = new Limiter({
      quotas,
      clock: { now: () => this.now },
      shared: (policy) => ({
        allows: async (key) => {
          this.asked.push(`${policy} ${key}`);
          return this.sharedAllow;
        },
      }),
      hide: async (text) => `hidden(${text.length})`,
    });
  }

  async read(address: string): Promise<boolean> {
    const ruling = await this.limiter.network("read", { address, hosting: false });
    return ruling?.allowed ?? true;
  }

  async mint(address: string, hosting = false): Promise<boolean> {
    return (await this.limiter.network("mint", { address, hosting }))?.allowed ?? true;
  }

  async mints(address: string, times: number): Promise<number> {
    let allowed = 0;
    for (let i = 0; i < times; i += 1) if (await this.mint(address)) allowed += 1;
    return allowed;
  }
}

describe("a network", () => {
  test("has its quota, is told when to come again, and then has a place", async () => {
    const isolate = new Isolate();
    expect(await isolate.mints("192.0.2.1", 4)).toBe(4);
    isolate.now += 20_000;
    const refused = await isolate.limiter.network("mint", { address: "192.0.2.1", hosting: false });
    expect(refused).toMatchObject({ allowed: false, policy: "mint", left: 0, freesMs: 40_000 });
    isolate.now += 39_999;
    expect(await isolate.mint("192.0.2.1")).toBe(false);
    isolate.now += 1;
    expect(await isolate.mint("192.0.2.1")).toBe(true);
  });

  test("that floods takes nothing from another", async () => {
    const isolate = new Isolate();
    await isolate.mints("192.0.2.1", 1_000);
    expect(await isolate.mints("192.0.2.2", 5)).toBe(4);
  });

  test("is refused without asking anybody once this isolate knows", async () => {
    const isolate = new Isolate();
    await isolate.mints("192.0.2.1", 1_000);
    expect(isolate.asked).toHaveLength(4);
  });

  test("that rents out servers has the lower tier alone", async () => {
    const isolate = new Isolate();
    for (const expected of [true, true, false]) {
      expect(await isolate.mint("192.0.2.1", true)).toBe(expected);
    }
    expect(new Set(isolate.asked.map((key) => key.split(" ")[0]))).toEqual(
      new Set(["mint-hosting"]),
    );
    const receipt = await isolate.limiter.network("receipt", { address: "1.1.1.1", hosting: true });
    expect(receipt).toMatchObject({ allowed: true, policy: "receipt" });
  });

  test("of IPv6 is a /64, and all of a /48 are ten", async () => {
    const isolate = new Isolate();
    expect(await isolate.mints("2001:db8:1:1::1", 3)).toBe(3);
    expect(await isolate.mints("2001:db8:1:1::2", 3)).toBe(1);
    let allowed = 4;
    for (let i = 2; i < 100; i += 1) allowed += await isolate.mints(`2001:db8:1:${i}::1`, 5);
    expect(allowed).toBe(40);
    expect(await isolate.mints("2001:db8:2:1::1", 5)).toBe(4);
  });

  test("that floods leaves its neighbours of the same /48 their part", async () => {
    const isolate = new Isolate();
    await isolate.mints("2001:db8:1:1::1", 1_000);
    expect(await isolate.mints("2001:db8:1:2::1", 5)).toBe(4);
  });
});

describe("limits that isolates share", () => {
  test("are asked by who reads only after a tenth of the quota, and know nobody's address", async () => {
    const isolate = new Isolate();
    for (let i = 0; i < 3; i += 1) expect(await isolate.read("192.0.2.1")).toBe(true);
    expect(isolate.asked).toEqual([]);
    isolate.sharedAllow = false;
    expect(await isolate.read("192.0.2.1")).toBe(false);
    expect(isolate.asked).toEqual([expect.stringMatching(/^read hidden\(\d+\)$/)]);
  });

  test("that refuse are taken at their word: the whole window", async () => {
    const isolate = new Isolate();
    isolate.sharedAllow = false;
    const ruling = await isolate.limiter.visitor("mint", "somebody");
    expect(ruling).toMatchObject({
      allowed: false,
      policy: "mint-visitor",
      left: 0,
      freesMs: 60_000,
    });
  });
});

test("switched off, nothing is counted and nobody asked", async () => {
  const isolate = new Isolate("off");
  expect(await isolate.mints("192.0.2.1", 100)).toBe(100);
  expect(await isolate.limiter.visitor("join", "somebody")).toBeUndefined();
  expect(isolate.asked).toEqual([]);
});

test("memory is bounded: networks silent for the longest are forgotten, one that goes on is not", async () => {
  const isolate = new Isolate();
  await isolate.mints("192.0.2.1", 4);
  for (let i = 0; i < MAX_LIMIT_WINDOWS + 10; i += 1) {
    await isolate.mint(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    if (i % 1_000 === 0) expect(await isolate.mint("192.0.2.1")).toBe(false);
  }
  expect(await isolate.mint("192.0.2.1")).toBe(false);
  expect(await isolate.mints("10.0.0.0", 5)).toBe(4);
});

describe("a visitor, as limits tell them apart", () => {
  const seen = { client: "c", address: "192.0.2.1", userAgent: "browser" };
  const who = visitorWithin(seen);

  test("is another in another network, browser, or by another id", () => {
    for (const other of [{ client: "d" }, { address: "192.0.2.2" }, { userAgent: "another" }]) {
      expect(visitorWithin({ ...seen, ...other })).not.toBe(who);
    }
    expect(visitorWithin({ ...seen })).toBe(who);
  });

  test("is short however long what they send is", () => {
    const userAgent = "x".repeat(100_000);
    expect(visitorWithin({ ...seen, userAgent }).length).toBeLessThan(64);
  });
});
