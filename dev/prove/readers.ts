/** Readers of counts who take no answer but a number. */
import { setTimeout as sleep } from "node:timers/promises";

export interface ReadersDeps {
  readonly url: string;
  readonly contents: readonly string[];
}

const PAUSE_MS = 50;
const CONTENTS_PER_READ = 10;
const ATTEMPTS = 3;
const REQUEST_TIMEOUT_MS = 10_000;

interface Answer {
  readonly counts: readonly { readonly views?: unknown; readonly stale?: boolean }[];
}

export class Readers {
  reads = 0;
  /** Answered with the last number known. */
  stale = 0;
  /** Asked again: on a machine that is overloaded a Tally may not answer within its time. */
  repeated = 0;
  failed = 0;
  readonly #deps: ReadersDeps;

  constructor(deps: ReadersDeps) {
    this.#deps = deps;
  }

  /** Different contents each time, so that the memory of an isolate does not answer them all. */
  async run(stop: AbortSignal): Promise<void> {
    for (let from = 0; !stop.aborted; from += CONTENTS_PER_READ) {
      const start = from % this.#deps.contents.length;
      await this.#read(this.#deps.contents.slice(start, start + CONTENTS_PER_READ));
      await sleep(PAUSE_MS);
    }
  }

  async #read(contents: readonly string[]): Promise<void> {
    this.reads += 1;
    for (let attempt = 1; !(await this.#readOnce(contents)); attempt += 1) {
      if (attempt === ATTEMPTS) {
        this.failed += 1;
        return;
      }
      this.repeated += 1;
      await sleep(PAUSE_MS);
    }
  }

  /** @returns whether there was a number for each */
  async #readOnce(contents: readonly string[]): Promise<boolean> {
    const query = contents.map((content) => `content=${content}`).join("&");
    try {
      const response = await fetch(`${this.#deps.url}/v1/counts?${query}`, {
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const { counts } = (await response.json()) as Answer;
      if (counts.some(({ stale }) => stale)) this.stale += 1;
      const numbers = counts.filter(({ views }) => typeof views === "number");
      return numbers.length === contents.length;
    } catch {
      return false;
    }
  }
}
