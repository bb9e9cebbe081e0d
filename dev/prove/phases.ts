/** Parts of a proof, as before, during and after an outage: which requests began when, and how long they took. */
import { percentile } from "../../bench/statistics.ts";
import type { EndedRequest } from "./load.ts";

/** Of an outage. */
export const OUTAGE_PHASES = ["before", "away", "after"] as const;

export type OutagePhase = (typeof OUTAGE_PHASES)[number];

export interface LatencySummary {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export type Latency<Phase extends string> = Readonly<Record<Phase, LatencySummary>>;

export class Phases<Phase extends string> {
  #now: Phase | undefined;
  #failed = 0;
  readonly #began: { readonly at: number; readonly phase: Phase | undefined }[];
  readonly #durations: ReadonlyMap<Phase, number[]>;

  /** The first of them has begun. */
  constructor(phases: readonly [Phase, ...Phase[]]) {
    [this.#now] = phases;
    this.#began = [{ at: 0, phase: this.#now }];
    this.#durations = new Map(phases.map((phase) => [phase, []]));
  }

  /** Undefined in between: while the database comes back. */
  get now(): Phase | undefined {
    return this.#now;
  }

  /** Requests that were not answered `durable`. */
  get failed(): number {
    return this.#failed;
  }

  enter(phase: Phase): void {
    this.#begin(phase);
  }

  leave(): void {
    this.#begin(undefined);
  }

  readonly note = ({ startedAt, durationMs, durable }: EndedRequest): void => {
    if (!durable) this.#failed += 1;
    const phase = this.#began.findLast(({ at }) => at <= startedAt)?.phase;
    if (phase !== undefined) this.#durations.get(phase)?.push(durationMs);
  };

  latency(): Latency<Phase> {
    const summaries = [...this.#durations].map(([phase, all]) => [phase, summaryOf(all)]);
    return Object.fromEntries(summaries) as Latency<Phase>;
  }

  #begin(phase: Phase | undefined): void {
    this.#now = phase;
    this.#began.push({ at: performance.now(), phase });
  }
}

export const summaryOf = (durations: readonly number[]): LatencySummary => {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(percentile(sorted, share) * 10) / 10;
  return { requests: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
};
