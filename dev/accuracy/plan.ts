import { Prng } from "../../test/simulation/prng.ts";
import { CONTENTS, MIDNIGHT, STARTS_AT, TRAFFIC_ENDS_AT, TRAFFIC_HOURS } from "./setting.ts";

/** Every page that will be opened, by number, and in what order. */
export interface Plan {
  readonly events: number;
  readonly at: Float64Array;
  readonly visitor: Uint32Array;
  readonly content: Uint32Array;
  /** 0, or the tour that the page is part of: opened one after the other, and confirmed together by a beacon. */
  readonly tour: Uint32Array;
  /** By tour, how many pages. */
  readonly pages: readonly number[];
  /** Numbers in the order of their time. */
  readonly order: Uint32Array;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long after a page the same reader opens it again. */
const AGAIN_MS = [
  ...([0, 1, 500, 30_000, 58_999] as const),
  ...([59_999, 60_000, 60_000, 60_001, 61_000] as const),
] as const;

const TOUR_MAX_PAGES = 50;

export const makePlan = (events: number, seed: number): Plan => new Planner(events, seed).run();

class Planner {
  readonly #random: Prng;
  readonly #events: number;
  readonly #plan;
  readonly #pages: number[] = [0];
  readonly #popularity = zipf(CONTENTS);
  #made = 0;

  constructor(events: number, seed: number) {
    this.#random = new Prng(seed);
    this.#events = events;
    this.#plan = {
      at: new Float64Array(events),
      visitor: new Uint32Array(events),
      content: new Uint32Array(events),
      tour: new Uint32Array(events),
    };
  }

  run(): Plan {
    while (this.#made < this.#events) {
      if (this.#random.chance(0.01)) this.#tour();
      else this.#visit();
    }
    const { at } = this.#plan;
    const order = Uint32Array.from(at.keys()).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b);
    return { ...this.#plan, events: this.#events, pages: this.#pages, order };
  }

  /** One page, which one reader in four opens again within about a minute, and some of these again. */
  #visit(): void {
    const random = this.#random;
    const visitor = this.#visitor();
    const content = this.#content();
    let at = this.#time();
    this.#open(at, visitor, content, 0);
    for (let again = random.chance(0.21); again; again = random.chance(0.2)) {
      at += random.chance(0.5) ? random.pick(AGAIN_MS) : random.between(0, MINUTE_MS);
      this.#open(at, visitor, content, 0);
    }
  }

  #tour(): void {
    const random = this.#random;
    const pages = 2 + Math.floor((TOUR_MAX_PAGES - 1) * random.fraction() ** 3);
    const visitor = this.#visitor();
    const tour = this.#pages.length;
    let at = this.#time();
    let opened = 0;
    for (let page = 0; page < pages && this.#made < this.#events; page += 1) {
      this.#open(at, visitor, this.#content(), tour);
      at += random.between(500, 8_000);
      opened += 1;
    }
    this.#pages.push(opened);
  }

  #open(at: number, visitor: number, content: number, tour: number): void {
    if (this.#made === this.#events) return;
    const number = this.#made;
    this.#made += 1;
    this.#plan.at[number] = at;
    this.#plan.visitor[number] = visitor;
    this.#plan.content[number] = content;
    this.#plan.tour[number] = tour;
  }

  /** Most of them through the day, many around the turn of an hour and of the reporting day. */
  #time(): number {
    const random = this.#random;
    const kind = random.fraction();
    if (kind < 0.05) return MIDNIGHT + random.between(-75_000, 75_000);
    if (kind < 0.17) {
      const hour = STARTS_AT + random.between(1, TRAFFIC_HOURS - 1) * HOUR_MS;
      return hour + random.between(-65_000, 65_000);
    }
    return random.between(STARTS_AT, TRAFFIC_ENDS_AT - 15 * MINUTE_MS);
  }

  #visitor(): number {
    return this.#random.between(0, Math.max(50, Math.floor(this.#events / 6)));
  }

  #content(): number {
    return firstAbove(this.#popularity, this.#random.fraction());
  }
}

/** Shares summed up: number i has weight 1 / (i + 1). */
const zipf = (count: number): Float64Array => {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum += 1 / (i + 1);
    sums[i] = sum;
  }
  return sums.map((upTo) => upTo / sum);
};

const firstAbove = (sums: Float64Array, fraction: number): number => {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 1) > fraction) high = middle;
    else low = middle + 1;
  }
  return low;
};
