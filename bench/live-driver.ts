/** The clients of `npm run bench -- live`, in a process of their own: a crowd in a room, and one at the floor. */
import { setTimeout as sleep } from "node:timers/promises";
import { Prng } from "../test/simulation/prng.ts";
import { answerParent } from "./child.ts";
import { Crowd } from "./crowd.ts";
import type { Member } from "./crowd-member.ts";
import { percentile } from "./statistics.ts";

export type Place = "room" | "plain";

export interface ChurnPlan {
  readonly seconds: number;
  /** Of the sockets, how many leave, and how many join, each second. */
  readonly share: number;
  /** Address at which the room's viewers are read. */
  readonly numbersUrl: string;
}

export interface ChurnReport {
  readonly leaves: number;
  readonly joins: number;
  readonly samples: number;
  /** Farthest that the room's number was from every number that held in the two seconds before. */
  readonly largestDrift: number;
  /** From the first to the last receipt of a push, ms. */
  readonly spreadMs: { readonly p50: number; readonly p99: number };
}

export interface QuietReport {
  readonly sockets: number;
  readonly viewers: number;
  readonly visitors: number;
  /** Different last values of viewers that sockets know. */
  readonly lastValues: readonly number[];
  readonly counts: number;
  readonly shortestPauseMs: number;
  readonly lostCodes: readonly number[];
}

export interface RoundReport {
  readonly spreadMs: number;
  /** From the leave or the join to the last receipt. */
  readonly lastMs: number;
}

const TICK_MS = 50;
const SAMPLE_MS = 3_000;
const DELAY_MS = 2_000;
const ROUND_DEADLINE_MS = 15_000;

const prng = new Prng(1);
const random = () => prng.fraction();
const crowds = new Map<Place, Crowd>();

const crowdOf = (place: Place): Crowd => {
  const crowd = crowds.get(place);
  if (crowd === undefined) throw new Error(`nobody is at ${place}`);
  return crowd;
};

const api = {
  /** @returns ms until all are connected */
  async gather({ place, url, sockets }: { place: Place; url: string; sockets: number }) {
    const crowd = new Crowd({ url, random });
    crowds.set(place, crowd);
    const startedAt = performance.now();
    let begun = 0;
    const lane = async (): Promise<void> => {
      for (; begun < sockets; ) {
        begun += 1;
        await crowd.joinAny();
      }
    };
    await Promise.all(Array.from({ length: JOINS_AT_A_TIME }, lane));
    return performance.now() - startedAt;
  },

  /** Leaves and joins evenly over the time, whether or not those before are through. */
  async churn({ seconds, share, numbersUrl }: ChurnPlan): Promise<ChurnReport> {
    const crowd = crowdOf("room");
    crowd.pushes.clear();
    const perTick = (crowd.size * share * TICK_MS) / 1_000;
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1_000;
    const joining: Promise<Member>[] = [];
    const sampling = sampleDrift(crowd, numbersUrl, endsAt);
    let leaves = 0;
    for (let tick = 1; performance.now() < endsAt; tick += 1) {
      while (leaves < Math.floor(tick * perTick)) {
        crowd.leaveAny();
        joining.push(crowd.joinAny());
        leaves += 1;
      }
      await sleep(Math.max(0, startedAt + tick * TICK_MS - performance.now()));
    }
    await Promise.all(joining);
    const { samples, largestDrift } = await sampling;
    return { leaves, joins: joining.length, samples, largestDrift, spreadMs: spreads(crowd) };
  },

  quiet(place: Place): QuietReport {
    const crowd = crowdOf(place);
    const values = crowd.members.map(({ count }) => count?.viewers ?? Number.NaN);
    return {
      sockets: crowd.size,
      viewers: crowd.viewers,
      visitors: crowd.visitors,
      lastValues: [...new Set(values)],
      counts: crowd.counts,
      shortestPauseMs: crowd.shortestPauseMs,
      lostCodes: crowd.lost,
    };
  },

  /** One visitor more or one less, until all know. */
  async round(place: Place): Promise<RoundReport> {
    const crowd = crowdOf(place);
    crowd.pushes.clear();
    const since = Date.now();
    const startedAt = performance.now();
    const guest = guests.get(place);
    if (guest === undefined) guests.set(place, await crowd.join(GUEST));
    else {
      guests.delete(place);
      crowd.leave(guest);
    }
    while (performance.now() - startedAt < ROUND_DEADLINE_MS) {
      for (const [at, { firstAt, lastAt, receipts }] of crowd.pushes) {
        if (at < since || receipts < crowd.size) continue;
        return { spreadMs: lastAt - firstAt, lastMs: lastAt - startedAt };
      }
      await sleep(10);
    }
    throw new Error(`not everybody at ${place} was told within ${ROUND_DEADLINE_MS} ms`);
  },
};

export type DriverApi = typeof api;

const JOINS_AT_A_TIME = 64;
const GUEST = "guest-65535";
const guests = new Map<Place, Member>();

const sampleDrift = async (crowd: Crowd, url: string, endsAt: number) => {
  let samples = 0;
  let largestDrift = 0;
  while (performance.now() + SAMPLE_MS < endsAt) {
    await sleep(SAMPLE_MS);
    const askedAt = performance.now();
    const { viewers } = (await (await fetch(url)).json()) as { viewers: number };
    const [fewest, most] = crowd.between(askedAt - DELAY_MS);
    samples += 1;
    largestDrift = Math.max(largestDrift, fewest - viewers, viewers - most);
  }
  return { samples, largestDrift };
};

/** What nearly all were told; sockets that were just leaving or joining are told something else. */
const spreads = (crowd: Crowd) => {
  const whole = [...crowd.pushes.values()].filter(({ receipts }) => receipts > crowd.size / 2);
  const sorted = whole.map(({ firstAt, lastAt }) => lastAt - firstAt).sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
};

answerParent(api);
