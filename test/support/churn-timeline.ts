/** A stream with as many viewers all the time, of whom some go and as many come each minute. */
import { Prng } from "../simulation/prng.ts";
import {
  heardBy,
  naturalEnd,
  SIGN_EVERY_MS,
  type StreamPlan,
  type Visit,
} from "./live-day-plan.ts";

export interface ChurnOptions {
  readonly seed: number;
  readonly viewers: number;
  /** Who go in a minute, and who come. */
  readonly churn: number;
  readonly minutes: number;
  /** A whole minute, ms. */
  readonly from: number;
  /** Whole minutes at whose ends nobody comes or goes for a while: what was told before is true then. */
  readonly restMinutes: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Nothing changes from so long before the end of a rest minute to so long after it. */
const REST_BEFORE_MS = 12 * SECOND;
const REST_AFTER_MS = 4 * SECOND;

export const makeChurn = (options: ChurnOptions): StreamPlan => {
  const { from, minutes } = options;
  const maker = new ChurnMaker(options);
  maker.come(0, options.viewers);
  for (let minute = 1; minute < minutes; minute += 1) {
    maker.go(minute, options.churn);
    maker.come(minute, options.churn);
  }
  const to = from + minutes * MINUTE;
  return {
    ...{ stream: "churn", broadcaster: "b", category: null, evictions: [] },
    spans: [{ from, to }],
    visits: maker.visits(to),
  };
};

interface Watching {
  readonly visitor: string;
  readonly from: number;
}

class ChurnMaker {
  readonly #options: ChurnOptions;
  readonly #prng: Prng;
  readonly #watching: Watching[] = [];
  readonly #gone: string[] = [];
  readonly #visits: Visit[] = [];
  #visitors = 0;

  constructor(options: ChurnOptions) {
    this.#options = options;
    this.#prng = new Prng(options.seed);
  }

  come(minute: number, count: number): void {
    for (let n = 0; n < count; n += 1) {
      // Just after those who go in the same second, who are otherwise counted together with them.
      this.#watching.push({ visitor: this.#whoComes(), from: this.#moment(minute) + 1 });
    }
  }

  go(minute: number, count: number): void {
    for (let n = 0; n < count; n += 1) {
      const [left] = this.#watching.splice(this.#prng.between(0, this.#watching.length - 1), 1);
      if (left === undefined) throw new Error("nobody is left to go");
      const visit = this.#leaving(left, this.#moment(minute));
      this.#visits.push(visit);
      // Not before nothing of it is left, so that the same is never there twice.
      if (this.#prng.chance(0.5)) this.#gone.push(left.visitor);
    }
  }

  /** Who is there until the end stays as long. */
  visits(end: number): readonly Visit[] {
    const staying = this.#watching.map((it) => ({ ...SOCKET, ...it, to: end }));
    return [...this.#visits, ...staying];
  }

  /** Half of them were there before. */
  #whoComes(): string {
    const [back] = this.#prng.chance(0.5) ? this.#gone.splice(0, 1) : [];
    if (back !== undefined) return back;
    this.#visitors += 1;
    return `v${this.#visitors}`;
  }

  /** Some die without a word, if what comes of it falls into no rest. */
  #leaving(watching: Watching, to: number): Visit {
    const closing: Visit = { ...SOCKET, ...watching, to };
    const silent: Visit = { ...closing, ends: "silence" };
    const rests = this.#isRest(naturalEnd(silent));
    return this.#prng.chance(0.3) && !rests && heardBy(silent, to) > to - SIGN_EVERY_MS
      ? silent
      : closing;
  }

  /** Whole seconds: what falls due for many is one thing to do. */
  #moment(minute: number): number {
    for (;;) {
      const at = this.#options.from + minute * MINUTE + this.#prng.between(0, 59) * SECOND;
      if (!this.#isRest(at)) return at;
    }
  }

  #isRest(at: number): boolean {
    const { from, restMinutes } = this.#options;
    const into = (at - from + REST_BEFORE_MS) % (restMinutes * MINUTE);
    return at > from + MINUTE && into < REST_BEFORE_MS + REST_AFTER_MS;
  }
}

const SOCKET = { way: "socket", role: "viewer", ends: "close" } as const;
