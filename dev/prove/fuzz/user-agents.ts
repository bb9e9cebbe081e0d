/** How long a user agent of 100 KB holds up the isolate that looks at it. */
import { USER_AGENT_MAX_CHARS } from "../../../src/core/limits.ts";
import { browserFamily, classify } from "../../../src/core/views/classify.ts";
import { visitorText } from "../../../src/core/views/visitor-text.ts";

const CHARS = 100_000;
const ROUNDS = 20;

const SHAPES: readonly string[] = ["Mozilla/5.0 ", "x", "(", " ", "Chrome/", "bot", "compatible; ", "http://", "-/.", "\u00ff"];

/** @returns ms of the slowest, after the first one of its shape */
export const slowestUserAgent = (): number => {
  let slowest = 0;
  for (const shape of SHAPES) {
    for (let round = 0; round < ROUNDS; round += 1) {
      // As long as it may come, and as long as the door leaves it; the longest that is looked at as a whole as well.
      const sent = `${round}${shape.repeat(Math.ceil(CHARS / shape.length))}`.slice(0, CHARS);
      const begin = performance.now();
      const left = sent.slice(0, USER_AGENT_MAX_CHARS + 1);
      for (const userAgent of [left, left.slice(1)]) {
        classify({ userAgent, purpose: undefined });
        browserFamily(userAgent);
        visitorText({ client: undefined, address: "198.51.100.7", userAgent });
      }
      if (round > 0) slowest = Math.max(slowest, performance.now() - begin);
    }
  }
  return slowest;
};
