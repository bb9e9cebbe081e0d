import { MAX_EVENTS } from "../../src/core/limits.ts";
import { Unreachable } from "../service/ask.ts";
import type { ReplayAnswer, ReplayedEvent } from "../service/history-api.ts";

export interface SenderDeps {
  post(events: readonly ReplayedEvent[]): Promise<readonly ReplayAnswer[]>;
  /** Is told what became of each event of a batch that was answered. */
  answered(events: readonly ReplayedEvent[], answers: readonly ReplayAnswer[]): void;
  /** Ms of a clock that never goes back. */
  now(): number;
  /** Comes back at once when nobody wants to go on. */
  pause(ms: number): Promise<void>;
  readonly signal: AbortSignal;
  /** How long a service that does not answer is tried again, ms. */
  readonly patienceMs: number;
}

/** Batches under way: enough to hide the way there, few enough that a service has room for its readers. */
const PARALLEL = 4;
/** With the rest of the body below what the service takes. */
const BATCH_MAX_BYTES = 240 * 1024;
const PAUSE_MIN_MS = 250;
const PAUSE_MAX_MS = 10_000;

/** Sends events in batches, a few at a time; one that is not answered goes again, which is safe by the events' ids. */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #underWay = new Set<Promise<void>>();
  #batch: ReplayedEvent[] = [];
  #bytes = 0;
  #failure: { readonly cause: unknown } | undefined;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** Waits while enough is under way. @throws what a batch before has failed with for good */
  async add(event: ReplayedEvent): Promise<void> {
    const bytes = Buffer.byteLength(JSON.stringify(event)) + 1;
    if (this.#batch.length === MAX_EVENTS || this.#bytes + bytes > BATCH_MAX_BYTES) {
      await this.#send();
    }
    this.#batch.push(event);
    this.#bytes += bytes;
  }

  /** @throws the same, once nothing is under way any more */
  async end(): Promise<void> {
    if (this.#batch.length > 0) await this.#send();
    await Promise.all(this.#underWay);
    this.#check();
  }

  async #send(): Promise<void> {
    while (this.#underWay.size >= PARALLEL) await Promise.race(this.#underWay);
    this.#check();
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    const sending = this.#deliver(batch)
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  async #deliver(batch: readonly ReplayedEvent[]): Promise<void> {
    const { post, answered, now, pause, signal, patienceMs } = this.#deps;
    const givenUpAt = now() + patienceMs;
    for (let pauseMs = PAUSE_MIN_MS; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS)) {
      try {
        return answered(batch, await post(batch));
      } catch (cause) {
        const isOver = signal.aborted || this.#failure !== undefined || now() >= givenUpAt;
        if (!(cause instanceof Unreachable) || isOver) throw cause;
      }
      await pause(pauseMs);
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}
