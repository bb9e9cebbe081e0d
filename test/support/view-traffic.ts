import type { Hash64 } from "../../src/core/hash.ts";
import { mix32 } from "../../src/core/hash.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import { Prng } from "../simulation/prng.ts";
import { content } from "./events.ts";

/** A view that counts, as suspicion sees it. */
export interface TrafficView
  extends Pick<ViewEvent, "at" | "content" | "visitor" | "network" | "browser"> {
  readonly acceptedAt: number;
}

export interface HonestSite {
  readonly seed: number;
  /** Ms: midnight of its day. */
  readonly from: number;
  /** Mean over the day. */
  readonly viewsPerSecond: number;
  readonly contents: number;
  readonly networks: number;
  /** Part of the day that is made, h. */
  readonly hours?: readonly [from: number, to: number];
  /** A content that everybody talks about from noon on, seen by as many as all others together, mostly on telephones. */
  readonly hasViral?: boolean;
  /** A network of some hundred people who read all day. */
  readonly hasOffice?: boolean;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const OFFICE = 999_999;
const OFFICE_PEOPLE = 500;
const OFFICE_VIEWS_PER_SECOND = 2.5;

type Family = ViewEvent["browser"];
const FAMILIES: readonly (readonly [Family, number])[] = [
  ["chrome", 0.62],
  ["safari", 0.24],
  ["edge", 0.05],
  ["firefox", 0.03],
  ["samsung", 0.025],
  ["opera", 0.02],
  ["other", 0.015],
];
const ON_TELEPHONES: readonly (readonly [Family, number])[] = [
  ["safari", 0.6],
  ["chrome", 0.3],
  ["samsung", 0.07],
  ["other", 0.03],
];

/** The key of a network or a visitor by its number. */
export const keyOf = (kind: number, number: number): Hash64 => ({
  hi: mix32(kind * 7_919 + 1),
  lo: mix32(number),
});
export const networkKey = (number: number): Hash64 => keyOf(1, number);
export const visitorKey = (number: number): Hash64 => keyOf(2, number);

/**
 * A day of a site as it is when nobody tampers with it, in the order in which views are accepted: few contents have most
 * of the views, a carrier's addresses have a percent of them each, most are read by day.
 */
export function* honestTraffic(site: HonestSite): Generator<TrafficView> {
  const prng = new Prng(site.seed);
  const contents = new Ranks(site.contents, 1);
  const networks = new Ranks(site.networks, 0.8);
  const { hours = [0, 24], from, viewsPerSecond } = site;
  const start = from + hours[0] * HOUR_MS;
  for (let second = start; second < from + hours[1] * HOUR_MS; second += SECOND_MS) {
    const hour = (second - from) / HOUR_MS;
    const views: TrafficView[] = [];
    const add = (times: number, make: () => Omit<TrafficView, "at" | "acceptedAt">) => {
      const count = Math.floor(times + prng.fraction());
      for (let made = 0; made < count; made += 1) {
        const acceptedAt = second + Math.floor(prng.fraction() * SECOND_MS);
        const dwell = 3_000 + Math.floor(prng.fraction() ** 4 * 60_000);
        views.push({ acceptedAt, at: acceptedAt - dwell, ...make() });
      }
    };
    const byDay = viewsPerSecond * (1 - 0.8 * Math.cos((2 * Math.PI * (hour - 3)) / 24));
    const anywhere = () => visit(networks.pick(prng), prng);
    add(byDay, () => ({
      content: content(`c-${contents.pick(prng)}`),
      browser: pick(FAMILIES, prng),
      ...anywhere(),
    }));
    if (site.hasOffice && hour >= 9 && hour < 17) {
      add(OFFICE_VIEWS_PER_SECOND, () => ({
        content: content(`c-${contents.pick(prng)}`),
        browser: prng.fraction() < 0.8 ? "edge" : "chrome",
        network: networkKey(OFFICE),
        visitor: visitorKey(OFFICE * 1_000 + Math.floor(prng.fraction() * OFFICE_PEOPLE)),
      }));
    }
    if (site.hasViral) {
      add(viewsPerSecond * 2 * viralAt(hour), () => ({
        content: content("viral"),
        browser: pick(ON_TELEPHONES, prng),
        ...anywhere(),
      }));
    }
    yield* views.sort((a, b) => a.acceptedAt - b.acceptedAt);
  }
}

/** From nothing to its height in ten minutes, half of it gone every hour. */
const viralAt = (hour: number): number =>
  hour < 12 ? 0 : Math.min(1, (hour - 12) * 6) * 0.5 ** Math.max(0, hour - 12 - 1 / 6);

/** A large network has more people behind it. */
const visit = (network: number, prng: Prng) => ({
  network: networkKey(network),
  visitor: visitorKey(
    network * 1_000 + Math.floor(prng.fraction() * Math.max(2, 1_000 / (network + 1))),
  ),
});

const pick = <Of>(weighted: readonly (readonly [Of, number])[], prng: Prng): Of => {
  let left = prng.fraction();
  for (const [what, weight] of weighted) {
    left -= weight;
    if (left < 0) return what;
  }
  return (weighted[0] as readonly [Of, number])[0];
};

/** Numbers from 0 on, each by how popular its rank is: Zipf's law with an exponent. */
class Ranks {
  readonly #sums: Float64Array;

  constructor(size: number, exponent: number) {
    this.#sums = new Float64Array(size);
    let sum = 0;
    for (let rank = 0; rank < size; rank += 1) {
      sum += 1 / (rank + 1) ** exponent;
      this.#sums[rank] = sum;
    }
  }

  pick(prng: Prng): number {
    const wanted = prng.fraction() * (this.#sums.at(-1) ?? 0);
    let [low, high] = [0, this.#sums.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export interface Botnet {
  readonly from: number;
  readonly content: string;
  readonly network: number;
  /** Each of them a visitor. */
  readonly browsers: number;
  readonly confirms: number;
  /** Between two confirms of one browser, ms. */
  readonly everyMs: number;
}

/** One network whose browsers confirm views of one content in turns; most are closer than a minute to one that counts. */
export function* botnetTraffic(botnet: Botnet): Generator<TrafficView> {
  const { from, browsers, confirms, everyMs, network } = botnet;
  for (let serial = 0; serial < confirms; serial += 1) {
    const acceptedAt = from + Math.floor((serial * everyMs) / browsers);
    yield {
      acceptedAt,
      at: acceptedAt - 3_000,
      content: content(botnet.content),
      visitor: visitorKey(2_000_000_000 + (serial % browsers)),
      network: networkKey(network),
      browser: FAMILIES[serial % FAMILIES.length]?.[0] ?? "other",
    };
  }
}

/** Both in the order in which they are accepted. */
export function* together(
  a: Iterable<TrafficView>,
  b: Iterable<TrafficView>,
): Generator<TrafficView> {
  const rest = b[Symbol.iterator]();
  let next = rest.next();
  for (const view of a) {
    while (!next.done && next.value.acceptedAt <= view.acceptedAt) {
      yield next.value;
      next = rest.next();
    }
    yield view;
  }
  while (!next.done) {
    yield next.value;
    next = rest.next();
  }
}
