/** Before, during and after an outage: which requests began when, and how long they took. */
import { percentile } from "../../bench/statistics.ts";
import type { EndedRequest } from "./load.ts";

export type Phase = "before" | "away" | "after";

export type Latency = Readonly<
  Record<
    Phase,
    {
      readonly requests: number;
      readonly p50Ms: number;
      readonly p99Ms: number;
      readonly maxMs: number;
    }
  >
>;

export class Phases {
  #now: Phase | undefined = "before";
  #failed = 0;
  readonly #began: { readonly at: number; readonly phase: Phase | undefined }[] = [
    { at: 0, phase: "before" },
  ];
  readonly #durations: Readonly<Record<Phase, number[]>> = { before: [], away: [], after: [] };

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
    if (phase !== undefined) this.#durations[phase].push(durationMs);
  };

  latency(): Latency {
    return {
      before: summaryOf(this.#durations.before),
      away: summaryOf(this.#durations.away),
      after: summaryOf(this.#durations.after),
    };
  }

  #begin(phase: Phase | undefined): void {
    this.#now = phase;
    this.#began.push({ at: performance.now(), phase });
  }
}

const summaryOf = (durations: readonly number[]) => {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(percentile(sorted, share) * 10) / 10;
  return { requests: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
};
