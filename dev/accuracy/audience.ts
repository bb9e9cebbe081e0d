import { Prng } from "../../test/simulation/prng.ts";
import { COLOS, type Colo } from "./setting.ts";

/** A reader as the world knows it: the number is who it is. */
export interface Visitor {
  readonly number: number;
  /** The site's id of the browser. */
  readonly client: string | undefined;
  readonly userAgent: string;
  readonly isBot: boolean;
  readonly colo: Colo;
  readonly place: Place;
  /** Another one each time where it is IPv6: of one network all the same. */
  address(random: Prng): string;
}

export interface Place {
  readonly country: string;
  readonly region: string;
  readonly city: string;
}

/** One in so many is the same phone in another network, one the same household's next browser. */
const EVERY_TWIN = 11;
const EVERY_HOUSEHOLD = 7;
const EVERY_BOT = 25;

/** @param number below 2^23 */
export const visitorOf = (number: number, seed: number): Visitor => {
  const random = new Prng(seed ^ Math.imul(number + 1, 0x9e3779b1));
  // A twin has the client and browser of the one before it, and a network of its own: by definition another visitor.
  const self = number % EVERY_TWIN === 5 ? number - 1 : number;
  const home = self === number && number % EVERY_HOUSEHOLD === 3 ? number - 1 : number;
  const named = number % 3 !== 0 || self !== number || home !== number;
  const isBot = number % EVERY_BOT === 0;
  const browsers = isBot ? BOTS : BROWSERS;
  const kin = self !== number ? self : home;
  return {
    number,
    client: named || isNextToKin(number) ? `browser-${self}` : undefined,
    userAgent: browsers[kin % browsers.length] ?? BROWSERS[0],
    isBot,
    colo: coloAt(random.fraction()),
    place: random.pick(PLACES),
    address: (drawn) => addressIn(home, drawn),
  };
};

/** Where two share a network or a browser, the client tells them apart. */
const isNextToKin = (number: number): boolean =>
  (number + 1) % EVERY_TWIN === 5 || (number + 1) % EVERY_HOUSEHOLD === 3;

/** Of a network whatever the host is: a full IPv4 address, an IPv6 /64. */
const addressIn = (network: number, random: Prng): string => {
  const bytes = [network >>> 16, (network >>> 8) & 255, network & 255];
  if (network % 2 === 0) return [11, ...bytes].join(".");
  const [high = 0, middle = 0, low = 0] = bytes;
  const host = Array.from({ length: 4 }, () => random.between(0, 0xffff).toString(16)).join(":");
  return `2001:db8:${high.toString(16)}:${(middle * 256 + low).toString(16)}:${host}`;
};

const coloAt = (fraction: number): Colo => {
  const entries = Object.entries(COLOS) as [Colo, number][];
  let rest = fraction * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [colo, weight] of entries) {
    rest -= weight;
    if (rest < 0) return colo;
  }
  return "FRA";
};

const place = (country: string, region: string, city: string): Place => ({ country, region, city });

const PLACES: readonly [Place, ...Place[]] = [
  place("DE", "BE", "Berlin"),
  ...[place("DE", "BY", "München"), place("DE", "HH", "Hamburg")],
  ...[place("AT", "9", "Wien"), place("CH", "ZH", "Zürich"), place("FR", "IDF", "Paris")],
  ...[
    place("GB", "ENG", "London"),
    place("US", "CA", "Los Angeles"),
    place("US", "NY", "New York"),
  ],
  ...[place("BR", "SP", "São Paulo"), place("JP", "13", "東京"), place("FI", "18", "Helsinki")],
  place("XX", "", ""),
];

const BROWSERS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
] as const;

const BOTS = [
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
  "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
  "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  "curl/8.9.1",
  "python-requests/2.32.3",
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
] as const;
