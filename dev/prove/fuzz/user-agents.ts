/** How long a user agent of 100 KB holds up the isolate that looks at it. */
import { USER_AGENT_MAX_CHARS } from "../../../src/core/limits.ts";
import { browserFamily, classify } from "../../../src/core/views/classify.ts";
import { visitorText } from "../../../src/core/views/visitor-text.ts";

const CHARS = 100_000;
const ROUNDS = 20;

const SHAPES: readonly string[] = [
  "Mozilla/5.0 ",
  "x",
  "(",
  " ",
  "Chrome/",
  "bot",
  "compatible; ",
  "http://",
  "-/.",
  "\u00ff",
];

/** @returns ms that the slowest shape takes; the median of its rounds, since other work on the machine is none of it */
export const slowestUserAgent = (): number => Math.max(...SHAPES.map(medianMsOf));

const medianMsOf = (shape: string): number => {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => msOf(shape, round));
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
};

/** As long as the door leaves it, and the longest of which the whole is looked at. */
const msOf = (shape: string, round: number): number => {
  const sent = `${round}${shape.repeat(Math.ceil(CHARS / shape.length))}`.slice(0, CHARS);
  const begin = performance.now();
  const left = sent.slice(0, USER_AGENT_MAX_CHARS + 1);
  for (const userAgent of [left, left.slice(1)]) {
    classify({ userAgent, purpose: undefined });
    browserFamily(userAgent);
    visitorText({ client: undefined, address: "198.51.100.7", userAgent });
  }
  return performance.now() - begin;
};
