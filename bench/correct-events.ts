/**
 * One hour of one shard as `npm run bench -- correct` has it corrected: records by the object, made one object at a
 * time, and what a correction has to find in them, which is known from how they are made and not by folding them.
 */
import { hashText, mix32 } from "../src/core/hash.ts";
import type { ContentId } from "../src/core/ids.ts";
import { HOUR_MS } from "../src/core/limits.ts";
import { formatEventId, makeEventId } from "../src/core/views/event-id.ts";
import { EDGE_VERDICTS, type Verdict } from "../src/core/views/verdict.ts";
import type { ViewEvent } from "../src/core/views/view-event.ts";
import { encodeRawRecord } from "../src/protocol/raw-record.ts";

/** A range of the log of about 4 MB. */
const LINES_PER_OBJECT = 71_000;
const CONTENTS = 100_000;
const PLACES = 60;

/** Shares of all events. A copy is the same event in two objects: its Collector handed it over twice. */
const COPIES = 0.01;
const BOTS = 0.03;
const STRAGGLERS = 0.03;
/** Objects over which stragglers are spread, behind the one they belong to. */
const STRAGGLE_OBJECTS = 4;

/** What a later event of the same visitor is, by how long after the first one it comes: 60 s decide. */
const RETURN_MS = 90_000;
const REPEAT_MS = 20_000;
const ELSEWHERE_MS = 200_000;

/** What is to be found. */
export interface Expected {
  /** Lines of all objects. */
  lines: number;
  counted: number;
  duplicate: number;
  bot: number;
  copies: number;
  /** Sum over all contents of their distinct visitors with a counted view. */
  uniques: number;
  /** Sum of `cellWeight` over all counted views: which content they are of. */
  weight: number;
}

/** @returns a number of the content, for sums that tell whether it is all in the right cells */
export const cellWeight = (content: string): number => hashText(content).lo % 65_521;

interface Line {
  readonly at: number;
  readonly id: string;
  readonly text: string;
}

interface Visit {
  readonly visitor: number;
  readonly content: number;
  readonly outcome: "counted" | "duplicate" | "bot";
  /** A counted view of a visitor and content that have had one. */
  readonly again: boolean;
}

export class HourOfEvents {
  readonly expected: Expected = {
    lines: 0,
    counted: 0,
    duplicate: 0,
    bot: 0,
    copies: 0,
    uniques: 0,
    weight: 0,
  };
  readonly #hour: number;
  readonly #events: number;
  readonly #perObject: number;
  readonly #contents = zipf(CONTENTS);
  readonly #places = zipf(PLACES);

  /** @param hour its start, ms @param events without copies, some thousands at least */
  constructor(hour: number, events: number, perObject = LINES_PER_OBJECT) {
    this.#hour = hour;
    this.#events = events;
    this.#perObject = perObject;
  }

  /** Lines of one object after the other, each sorted as an object is. When it has ended, `expected` is whole. */
  *objects(): Generator<readonly string[]> {
    const ahead = new Map<number, Line[]>();
    const last = Math.floor((this.#events - 1) / this.#perObject);
    const put = (object: number, line: Line): void => {
      const lines = ahead.get(Math.min(object, last));
      if (lines === undefined) ahead.set(Math.min(object, last), [line]);
      else lines.push(line);
    };
    for (let object = 0; object <= last; object += 1) {
      const end = Math.min(this.#events, (object + 1) * this.#perObject);
      for (let index = object * this.#perObject; index < end; index += 1) {
        const later = 1 + (dice(index, "later") % STRAGGLE_OBJECTS);
        const isStraggler = chance(index, "straggler") < STRAGGLERS;
        const line = this.#line(index, isStraggler);
        put(isStraggler ? object + later : object, line);
        if (chance(index, "copy") < COPIES) {
          put(object + later, line);
          this.expected.copies += 1;
        }
      }
      const lines = ahead.get(object) ?? [];
      ahead.delete(object);
      this.expected.lines += lines.length;
      yield lines.sort(inOrder).map(({ text }) => text);
    }
  }

  #line(index: number, isStraggler: boolean): Line {
    const visit = this.#visit(index);
    const event = this.#event(index, visit);
    this.#expect(visit, event.content);
    const verdict: Verdict = isStraggler && visit.outcome !== "bot" ? "late" : visit.outcome;
    const acceptedAt = event.at + (isStraggler ? 300_000 : 5_000);
    const text = encodeRawRecord({ event, acceptedAt }, verdict, "FRA");
    return { at: event.at, id: formatEventId(event.id), text };
  }

  #expect({ outcome, again }: Visit, content: ContentId): void {
    const { expected } = this;
    expected[outcome] += 1;
    if (outcome !== "counted") return;
    expected.weight += cellWeight(content);
    if (!again) expected.uniques += 1;
  }

  /**
   * One event in four is a visitor's first view and counts. Of the three behind it, some are a later event of the
   * visitor who came first so long ago, and the others are first views as well.
   */
  #visit(index: number): Visit {
    const own = { visitor: index, content: this.#contents(chance(index, "content")) };
    const fresh = { ...own, outcome: "counted", again: false } as const;
    const kind = index % 4;
    const earlier = (agoMs: number): number => index - kind - 4 * this.#quarters(agoMs);
    const isLater = (agoMs: number, share: number): boolean =>
      earlier(agoMs) >= 0 && chance(index, "kind") < share;
    const contentAt = (other: number): number => this.#contents(chance(other, "content"));
    if (kind === 1 && isLater(RETURN_MS, 0.25)) {
      const first = earlier(RETURN_MS);
      return { visitor: first, content: contentAt(first), outcome: "counted", again: true };
    }
    if (kind === 2 && isLater(REPEAT_MS, 0.2)) {
      const first = earlier(REPEAT_MS);
      return { visitor: first, content: contentAt(first), outcome: "duplicate", again: false };
    }
    if (kind === 3 && isLater(ELSEWHERE_MS, 0.5)) {
      const visitor = earlier(ELSEWHERE_MS);
      const again = contentAt(visitor) === own.content;
      return { visitor, content: own.content, outcome: "counted", again };
    }
    const isBot = kind !== 0 && chance(index, "bot") < (BOTS * 4) / 3;
    return isBot ? { ...fresh, outcome: "bot" } : fresh;
  }

  /** @returns how many times four events lie in that many ms */
  #quarters(ms: number): number {
    return Math.round((ms / HOUR_MS) * (this.#events / 4));
  }

  #event(index: number, { visitor, content, outcome }: Visit): ViewEvent {
    const at = this.#hour + Math.floor((index * HOUR_MS) / this.#events);
    const place = this.#places(chance(visitor, "place"));
    const random = new Uint8Array(10);
    const view = new DataView(random.buffer);
    view.setUint32(2, dice(index, "id"));
    view.setUint32(6, index);
    return {
      id: makeEventId(at, random),
      at,
      content: `article-${mix32(content).toString(36).padStart(7, "0")}-${content}` as ContentId,
      visitor: { hi: dice(visitor, "visitor"), lo: visitor },
      shard: 0,
      edgeVerdict: EDGE_VERDICTS[outcome === "bot" ? "bot" : "countable"],
      ruleVersion: 1,
      country: COUNTRIES[place % COUNTRIES.length] ?? "XX",
      region: `R${place}`,
      city: `City ${place}-${dice(visitor, "city") % 20}`,
      asnClass: "access",
      network: { hi: dice(visitor, "network"), lo: dice(visitor, "agent") },
      browser: visitor % 3 === 0 ? "safari" : "chrome",
    };
  }
}

const COUNTRIES = ["DE", "AT", "CH", "FR", "NL", "US"];

const inOrder = (a: Line, b: Line): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/** What a number is drawn for: each an arbitrary constant. */
const PURPOSES = {
  content: 0x1b873593,
  kind: 0x2545f491,
  bot: 0x38d7ea4c,
  straggler: 0x4cf5ad43,
  later: 0x5bd1e995,
  copy: 0x64f8a21d,
  place: 0x7feb352d,
  city: 0x846ca68b,
  visitor: 0x9e3779b9,
  network: 0xa136aaad,
  agent: 0xb5297a4d,
  id: 0xcc9e2d51,
} as const;

/** The same for the same index and purpose, always. */
const dice = (index: number, purpose: keyof typeof PURPOSES): number =>
  mix32(mix32(index ^ PURPOSES[purpose]));

const chance = (index: number, purpose: keyof typeof PURPOSES): number =>
  dice(index, purpose) / 2 ** 32;

/** @returns popularity of the k-th of `count` is 1/k: takes a share in [0, 1), gives an index from 0 */
const zipf = (count: number): ((share: number) => number) => {
  let sum = 0;
  const cumulative = Float64Array.from({ length: count }, (_, index) => {
    sum += 1 / (index + 1);
    return sum;
  });
  return (share) => {
    const sought = share * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulative[middle] ?? 0) > sought) high = middle;
      else low = middle + 1;
    }
    return low;
  };
};
