import { READER_CHECK_MS, READER_CHECK_TIMEOUT_MS, READER_RUNS } from "../core/limits.ts";
import type { FlushRun } from "../core/reader-lag.ts";
import type { Clock } from "../ports/clock.ts";
import type { ReadTables } from "../ports/database-readers.ts";
import { demandWithin, type Timers, within } from "../ports/timers.ts";

/** The jobs that write what readers are asked for. */
const FLUSHES = ["flush", "flush-streams"] as const;

/** The youngest runs of each of the `FLUSHES`. */
export interface ToldRuns {
  readonly flushes: readonly (readonly FlushRun[])[];
  /** When it was asked, ms. */
  readonly at: number;
}

export interface KnownRunsDeps {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Each who waits has a promise and a timer of its own: who asks may be a request that is gone before the answer. */
interface Asking {
  readonly since: number;
  readonly waiting: PromiseWithResolvers<void>[];
}

/** What a server of the database says of its flushes, asked at most every `READER_CHECK_MS` and once at a time. */
export class KnownRuns {
  readonly #jobs: ReadTables["jobs"];
  readonly #deps: KnownRunsDeps;
  #asking: Asking | undefined;
  #told: ToldRuns | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #answers = false;

  constructor({ jobs }: Pick<ReadTables, "jobs">, deps: KnownRunsDeps) {
    this.#jobs = jobs;
    this.#deps = deps;
  }

  /** What it told last; `undefined`: it never did. */
  get told(): ToldRuns | undefined {
    return this.#told;
  }

  /** Whether it answered when it was asked last. */
  get answers(): boolean {
    return this.#answers;
  }

  /** When it was asked last, ms. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** Brings what is known up to date where it is due; never throws. */
  async refresh(): Promise<void> {
    const now = this.#deps.clock.now();
    if (now - this.#askedAt < READER_CHECK_MS) return;
    if (this.#asking !== undefined && now - this.#asking.since < READER_CHECK_TIMEOUT_MS) {
      const seat = Promise.withResolvers<void>();
      this.#asking.waiting.push(seat);
      await within(seat.promise, READER_CHECK_TIMEOUT_MS, this.#deps.timers);
    } else await this.#ask(now);
  }

  async #ask(now: number): Promise<void> {
    const asking: Asking = { since: now, waiting: [] };
    this.#asking = asking;
    const told = await this.#tell(now);
    // Unless a later one has overtaken it.
    if (this.#asking === asking) {
      this.#asking = undefined;
      this.#told = told ?? this.#told;
      this.#answers = told !== undefined;
      this.#askedAt = now;
    }
    for (const { resolve } of asking.waiting) resolve();
  }

  /** @returns undefined when it does not answer: who wants to read goes to another server */
  async #tell(now: number): Promise<ToldRuns | undefined> {
    try {
      const asked = Promise.all(FLUSHES.map((job) => this.#jobs.recent(job, READER_RUNS)));
      const { timers } = this.#deps;
      const flushes = await demandWithin(asked, READER_CHECK_TIMEOUT_MS, "its runs", timers);
      return { flushes, at: now };
    } catch {
      return undefined;
    }
  }
}
