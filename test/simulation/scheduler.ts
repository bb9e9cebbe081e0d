import { setImmediate as nextTurn } from "node:timers/promises";
import { ELAPSED, type Timers } from "../../src/ports/timers.ts";

/** One life of an object or isolate: when it is over, nothing it waited for comes any more. */
export interface Life {
  alive: boolean;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly what: string;
  readonly run: () => void;
  cancelled: boolean;
}

const TRACE_LENGTH = 40;

/** The world's time: it stands still in a step and jumps from one step to the next. */
export class Scheduler {
  #now: number;
  #order = 0;
  /** A binary heap, soonest first. */
  readonly #heap: Planned[] = [];
  readonly #trace: (readonly [at: number, what: string])[] = [];
  readonly #settled: () => Promise<void>;
  steps = 0;

  /** @param settled resolves when everything has happened that follows from a step */
  constructor(now: number, settled: () => Promise<void> = nextTurn) {
    this.#now = now;
    this.#settled = settled;
  }

  get now(): number {
    return this.#now;
  }

  /** The last steps, oldest first. */
  get trace(): readonly string[] {
    return this.#trace.map(([at, what]) => `${new Date(at).toISOString().slice(11)} ${what}`);
  }

  in(ms: number, what: string, run: () => void): Planned {
    this.#order += 1;
    const at = this.#now + Math.max(0, ms);
    const planned = { at, order: this.#order, what, run, cancelled: false };
    this.#heap.push(planned);
    this.#up(this.#heap.length - 1);
    return planned;
  }

  /** Runs the next step and everything it makes ready. @returns whether there was one */
  async step(): Promise<boolean> {
    for (let planned = this.#pop(); planned !== undefined; planned = this.#pop()) {
      if (planned.cancelled) continue;
      this.#now = planned.at;
      this.steps += 1;
      this.note(planned.what);
      planned.run();
      await this.#settled();
      return true;
    }
    return false;
  }

  note(what: string): void {
    this.#trace.push([this.#now, what]);
    if (this.#trace.length > TRACE_LENGTH) this.#trace.shift();
  }

  /** Timers that end with the life that started them. */
  timers(life: Life, whose: string): Timers {
    return {
      start: (ms) => {
        const { promise, resolve } = Promise.withResolvers<typeof ELAPSED>();
        const planned = this.in(ms, `${whose}: timer of ${Math.round(ms)} ms`, () => {
          if (life.alive) resolve(ELAPSED);
        });
        return {
          elapsed: promise,
          cancel: () => {
            planned.cancelled = true;
          },
        };
      },
    };
  }

  #pop(): Planned | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    this.#heap[0] = last;
    this.#down(0);
    return first;
  }

  #up(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfSooner(index, parent)) return;
      index = parent;
    }
  }

  #down(start: number): void {
    for (let index = start; ; ) {
      const left = 2 * index + 1;
      const child = this.#isSooner(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfSooner(child, index)) return;
      index = child;
    }
  }

  #swapIfSooner(child: number, parent: number): boolean {
    const [a, b] = [this.#heap[child], this.#heap[parent]];
    if (a === undefined || b === undefined || !this.#isSooner(child, parent)) return false;
    this.#heap[child] = b;
    this.#heap[parent] = a;
    return true;
  }

  #isSooner(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }
}
