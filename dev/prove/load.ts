/** Confirms from many visitors at once who, like a browser, learn of an event only what they are answered. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Minter } from "../offline-mint.ts";

export interface SentEvent {
  readonly content: string;
  readonly token: string;
  /** Answered `durable` at least once. */
  durable: boolean;
}

export interface LoadDeps {
  /** Where the service is at the moment. */
  url(): string;
  readonly mint: Minter;
  /** Whoever views one at an even place repeats a confirm until it is durable, at an odd one leaves it. */
  readonly contents: readonly string[];
  /** In [0, 1). */
  random(): number;
  /** What a page says of itself with a confirm of a content alone; nothing when absent. */
  page?(content: string): { readonly title: string; readonly url: string };
  /** Tokens in a body that has more than one, 20 unless it says so. */
  readonly many?: number;
  /** Told of every request when it has ended. */
  readonly onEnd?: (request: EndedRequest) => void;
}

export interface EndedRequest {
  /** By `performance.now()`. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Whether all of its events were answered `durable`. */
  readonly durable: boolean;
}

/** What a page that was offline sends. */
const MANY = 20;
const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = 100;

/** Ages of events when they are first sent: confirmable at once, and still so when all of them are sent again. */
const MIN_AGE_MS = 3_100;
const MAX_AGE_MS = 300_000;

export class Load {
  readonly events: SentEvent[] = [];
  readonly #deps: LoadDeps;
  #again: SentEvent[] = [];
  #durable = 0;
  #failedRequests = 0;
  #lastServedAt = 0;
  #visitor = 0;
  #stopped = false;
  readonly #many: number;
  #onDurable: (() => void) | undefined;

  constructor(deps: LoadDeps) {
    this.#deps = deps;
    this.#many = deps.many ?? MANY;
  }

  get durable(): number {
    return this.#durable;
  }

  get failedRequests(): number {
    return this.#failedRequests;
  }

  /** When the youngest of the requests began that were answered `durable`, by `performance.now()`. */
  get lastServedAt(): number {
    return this.#lastServedAt;
  }

  /** Resolves after `stop`, when every request is answered and nobody has anything to repeat. */
  async run(concurrency: number): Promise<void> {
    await Promise.all(Array.from({ length: concurrency }, () => this.#visit()));
  }

  /** So many requests a second, whether or not those before are answered; resolves as `run` does. */
  async runAtRate(perSecond: number): Promise<void> {
    const startedAt = performance.now();
    const underWay = new Set<Promise<void>>();
    for (let due = startedAt; !this.#stopped; due += 1_000 / perSecond) {
      await sleep(Math.max(0, due - performance.now()));
      const visit: Promise<void> = this.#visitOnce().finally(() => underWay.delete(visit));
      underWay.add(visit);
    }
    await Promise.all(underWay);
    while (this.#again.length > 0) await this.#visitOnce();
  }

  /** A view of each of these contents; an event that is not answered `durable` is left. */
  async viewEach(contents: readonly string[], concurrency: number): Promise<void> {
    const left = [...contents];
    const next = () => left.splice(0, this.#many);
    const work = async () => {
      for (let some = next(); some.length > 0; some = next()) {
        await this.#send(await this.#open(some));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when `holds` does; it is looked at after every `durable`. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onDurable = resolve;
      await promise;
    }
  }

  /** Sends every event once more, and those again that are not answered `durable`. */
  async repeatAll(concurrency: number): Promise<void> {
    const left = [...this.events];
    const work = async () => {
      for (
        let body = left.splice(0, this.#many);
        body.length > 0;
        body = left.splice(0, this.#many)
      ) {
        if (!(await this.#send(body))) left.push(...body);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  }

  async #visit(): Promise<void> {
    while (!this.#stopped || this.#again.length > 0) await this.#visitOnce();
  }

  async #visitOnce(): Promise<void> {
    const size = this.#deps.random() < 0.75 ? 1 : this.#many;
    const repeated = this.#again.splice(0, size);
    const body = repeated.length > 0 ? repeated : await this.#open(this.#pick(size));
    if (await this.#send(body)) return;
    this.#again.push(...body.filter((event) => !event.durable && this.#isPatient(event)));
    await sleep(RETRY_AFTER_MS);
  }

  #isPatient({ content }: SentEvent): boolean {
    return this.#deps.contents.indexOf(content) % 2 === 0;
  }

  #pick(size: number): string[] {
    const { contents, random } = this.#deps;
    return Array.from(
      { length: size },
      () => contents[Math.floor(random() * contents.length)] ?? "",
    );
  }

  async #open(contents: readonly string[]): Promise<SentEvent[]> {
    const { mint, random } = this.#deps;
    const events: SentEvent[] = [];
    for (const content of contents) {
      const at = Date.now() - MIN_AGE_MS - Math.floor(random() * (MAX_AGE_MS - MIN_AGE_MS));
      this.#visitor += 1;
      const { token } = await mint(content, this.#visitor, at);
      events.push({ content, token, durable: false });
    }
    this.events.push(...events);
    return events;
  }

  /** @returns whether all of them were answered `durable` */
  async #send(events: readonly SentEvent[]): Promise<boolean> {
    const startedAt = performance.now();
    const acks = await this.#post(events);
    const durable = events.every((_, index) => acks?.[index] === "durable");
    this.#deps.onEnd?.({ startedAt, durationMs: performance.now() - startedAt, durable });
    if (acks === undefined) {
      this.#failedRequests += 1;
      return false;
    }
    for (const [index, event] of events.entries()) {
      if (acks[index] !== "durable") continue;
      if (!event.durable) this.#durable += 1;
      event.durable = true;
      this.#lastServedAt = Math.max(this.#lastServedAt, startedAt);
    }
    this.#onDurable?.();
    return durable;
  }

  /** @returns the acknowledgements in order; `undefined` when there was no answer */
  async #post(events: readonly SentEvent[]): Promise<(string | undefined)[] | undefined> {
    const tokens = events.map(({ token }) => token);
    const [only] = events;
    const page = only && this.#deps.page?.(only.content);
    const single = { token: only?.token, ...(page && { page }) };
    try {
      const response = await fetch(`${this.#deps.url()}/v1/views/confirm?wait=5`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(tokens.length === 1 ? single : { tokens }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const answer = (await response.json()) as ConfirmAnswer;
      if (tokens.length === 1) return [answer.ack];
      return answer.results?.map(({ ack }) => ack);
    } catch {
      return undefined;
    }
  }
}

interface ConfirmAnswer {
  readonly ack?: string;
  readonly results?: readonly { readonly ack?: string }[];
}
