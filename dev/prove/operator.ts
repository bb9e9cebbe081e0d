/** An operator who asks for flushes and for the status all the time, and reads what the answers say. */
import { setTimeout as sleep } from "node:timers/promises";
import type { OutagePhase, Phases } from "./phases.ts";

export interface OperatorDeps {
  readonly url: string;
  readonly adminKey: string;
  readonly phases: Phases<OutagePhase>;
  /** Between two flushes; absent: 2 s. */
  readonly pauseMs?: number | undefined;
}

const PAUSE_MS = 2_000;
const REQUEST_TIMEOUT_MS = 150_000;

interface JobRun {
  readonly failures: number;
}

interface FlushAnswer {
  readonly views: JobRun;
  readonly streams: JobRun;
}

interface StatusAnswer {
  readonly shards: readonly { readonly unflushed?: number }[];
  readonly lastFlush?: unknown;
}

export class Operator {
  flushesAway = 0;
  failedFlushesAway = 0;
  /** Of these the ones in which the list of live streams could not be flushed. */
  failedListsAway = 0;
  /** The most that the status said of all shards together. */
  unflushedAway = 0;
  readonly #deps: OperatorDeps;
  readonly #pauseMs: number;

  constructor(deps: OperatorDeps) {
    this.#deps = deps;
    this.#pauseMs = deps.pauseMs ?? PAUSE_MS;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#flushOnce();
      if (this.#deps.phases.now === "away") await this.#readStatus();
      await sleep(this.#pauseMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  /** Resolves after a flush that saved everything there was. */
  async untilFlushed(): Promise<void> {
    while (failuresOf(await this.#flush()) > 0) await sleep(this.#pauseMs);
  }

  /** Resolves after a flush that found the database away. */
  async untilFlushedAway(): Promise<void> {
    while (this.flushesAway === 0) await sleep(this.#pauseMs);
  }

  /** Resolves after a flush that could not save the list of live streams. */
  async untilListFailedAway(): Promise<void> {
    while (this.failedListsAway === 0) await sleep(this.#pauseMs);
  }

  /** @throws when it saved less than everything */
  async flush(): Promise<void> {
    const failures = failuresOf(await this.#flush());
    if (failures > 0) throw new Error(`${failures} shards or lists could not be flushed`);
  }

  async #flushOnce(): Promise<void> {
    const { phases } = this.#deps;
    const before = phases.now;
    const { views, streams } = await this.#flush();
    if (before !== "away" || phases.now !== "away") return;
    this.flushesAway += 1;
    if (views.failures + streams.failures > 0) this.failedFlushesAway += 1;
    if (streams.failures > 0) this.failedListsAway += 1;
  }

  async #readStatus(): Promise<void> {
    const { shards } = await this.#ask<StatusAnswer>("GET", "/v1/admin/status");
    const unflushed = shards.reduce((total, shard) => total + (shard.unflushed ?? 0), 0);
    this.unflushedAway = Math.max(this.unflushedAway, unflushed);
  }

  #flush(): Promise<FlushAnswer> {
    return this.#ask<FlushAnswer>("POST", "/v1/admin/flush");
  }

  /** @throws when it is not answered with 200 */
  async #ask<Answer>(method: string, path: string): Promise<Answer> {
    const response = await fetch(`${this.#deps.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#deps.adminKey}` },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
    return (await response.json()) as Answer;
  }
}

/** How many shards, and the list of live streams, could not be flushed. */
const failuresOf = ({ views, streams }: FlushAnswer): number => views.failures + streams.failures;
