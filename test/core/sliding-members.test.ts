import fc from "fast-check";
import { expect, test } from "vitest";
import { NetworkMembers } from "../../src/core/network-members.ts";
import { SlidingMembers } from "../../src/core/sliding-members.ts";

const LIFE_MS = 100;

interface Step {
  readonly afterMs: number;
  readonly member: number;
  readonly adds: boolean;
}

/** Times that often meet the ends of lives exactly. */
const anAfter = fc.constantFrom(0, 1, 49, 50, 99, 100, 101);
const aStep: fc.Arbitrary<Step> = fc.record({
  afterMs: anAfter,
  member: fc.nat(5),
  adds: fc.boolean(),
});

/** All that was ever added; who is in is found by looking at all of it. */
class NaiveMembers {
  readonly #added: { readonly member: number; readonly at: number }[] = [];

  add(member: number, at: number): void {
    this.#added.push({ member, at });
  }

  within(now: number): ReadonlyMap<number, number> {
    const young = this.#added.filter(({ at }) => now - at < LIFE_MS);
    return new Map(young.map(({ member, at }) => [member, at]));
  }

  freeInMs(now: number): number {
    return Math.min(LIFE_MS, ...[...this.within(now).values()].map((at) => at + LIFE_MS - now));
  }
}

test("at every moment those are in who were added less than a life ago, each once", () => {
  fc.assert(
    fc.property(fc.array(aStep), (steps) => {
      const members = new SlidingMembers<number>(LIFE_MS);
      const naive = new NaiveMembers();
      let now = 0;
      for (const { afterMs, member, adds } of steps) {
        now += afterMs;
        if (adds) {
          members.add(member, now);
          naive.add(member, now);
        }
        const within = naive.within(now);
        expect(members.size(now)).toBe(within.size);
        expect(members.has(member, now)).toBe(within.has(member));
        expect(members.freeInMs(now)).toBe(naive.freeInMs(now));
      }
    }),
  );
});

test("a clock that goes back lets nobody leave, nor stay longer than those added before", () => {
  const members = new SlidingMembers<number>(LIFE_MS);
  members.add(1, 1_000);
  members.add(2, 900);
  expect(members.size(900)).toBe(2);
  expect(members.freeInMs(900)).toBe(LIFE_MS);
  expect([members.size(1_099), members.size(1_100)]).toEqual([2, 0]);
});

const network = (lo: number) => ({ hi: 7, lo });

test("networks do not see each other's members", () => {
  const all = new NetworkMembers<number>({ networks: 9, members: 99, lifeMs: LIFE_MS });
  all.of(network(1), (members) => members.add(5, 0));
  expect(all.of(network(2), (members) => members.has(5, 0))).toBe(false);
  expect(all.of({ hi: 8, lo: 1 }, (members) => members.has(5, 0))).toBe(false);
  expect(all.of(network(1), (members) => members.has(5, 0))).toBe(true);
});

test("a network nobody is in is not kept", () => {
  const all = new NetworkMembers<number>({ networks: 9, members: 99, lifeMs: LIFE_MS });
  all.of(network(1), (members) => members.size(0));
  expect(all.networks).toBe(0);
  all.of(network(1), (members) => members.add(5, 0));
  all.of(network(1), (members) => members.size(LIFE_MS));
  expect([all.networks, all.held]).toEqual([0, 0]);
});

test("members of networks that were forgotten are not counted any more", () => {
  const all = new NetworkMembers<number>({ networks: 9, members: 10, lifeMs: LIFE_MS });
  const fill = (lo: number) => {
    for (let member = 0; member < 5; member += 1) {
      all.of(network(lo), (members) => members.add(member, 0));
    }
  };
  for (const lo of [1, 2, 3, 4]) {
    fill(lo);
    expect([all.networks, all.held]).toEqual(lo === 1 ? [1, 5] : [2, 10]);
  }
});

test("networks and members are bounded whatever comes, and those asked about the longest ago go first", () => {
  const bounds = { networks: 4, members: 10, lifeMs: LIFE_MS };
  // Mostly within a life, so that there are many.
  const afterMs = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(0, 1) }, anAfter);
  const anAsk = fc.record({ afterMs, lo: fc.nat(9), member: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(anAsk, { maxLength: 200, size: "max" }), (asks) => {
      const all = new NetworkMembers<number>(bounds);
      const order: number[] = [];
      let now = 0;
      for (const { afterMs, lo, member } of asks) {
        now += afterMs;
        const has = all.of(network(lo), (members) => {
          members.add(member, now);
          return members.held;
        });
        order.push(lo);
        expect(all.networks).toBeLessThanOrEqual(bounds.networks);
        // One network alone may have more: its cap bounds it.
        expect(all.held).toBeLessThanOrEqual(Math.max(bounds.members, has));
      }
      const kept = [...new Set(order.toReversed())].slice(0, all.networks);
      const known = new Set<number>();
      for (let lo = 0; lo < 10; lo += 1) {
        if (all.of(network(lo), ({ held }) => held) > 0) known.add(lo);
      }
      expect(known).toEqual(new Set(kept));
    }),
  );
});
