/**
 * Pages that show numbers: each asks for its contents and its stream again and again, as the SDK does, takes the first
 * answer for what it is and never asks twice.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Entry, type Kind, type Shown, type Telling, Told } from "./told.ts";

export interface ClientsOptions {
  /** Of the service. */
  readonly url: string;
  readonly contents: readonly string[];
  /** Live ones, that nobody joins or leaves. */
  readonly streams: readonly string[];
  readonly clients: number;
  /** What the proof is doing at the moment. */
  phase(): string;
}

const CONTENTS_PER_PAGE = 50;
const PAUSE_MS = 500;
const REQUEST_TIMEOUT_MS = 10_000;
const MOST_LISTED = 100;

interface CountsAnswer {
  readonly counts: readonly (Telling & { readonly content: string; readonly views?: number })[];
}

interface StreamAnswer extends Telling {
  readonly viewers?: number;
  readonly peak?: number;
  readonly total?: number;
}

interface ListAnswer extends Telling {
  readonly streams: readonly { readonly stream: string; readonly viewers: number }[];
}

export class Clients {
  readonly told = new Told();
  readonly #options: ClientsOptions;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  async run(stop: AbortSignal): Promise<void> {
    const { clients } = this.#options;
    const pages = Array.from({ length: clients }, (_, client) => this.#stay(client, stop));
    await Promise.all([...pages, this.#watchList(stop)]);
  }

  /** One in two stays on its page; the others go on to other contents each time. */
  async #stay(client: number, stop: AbortSignal): Promise<void> {
    const { contents, streams, clients } = this.#options;
    const shown: Shown = new Map();
    const stream = streams[client % streams.length] ?? "";
    await sleep((client * PAUSE_MS) / clients);
    for (let page = client; !stop.aborted; page += client % 2 === 0 ? 0 : clients) {
      const from = (page * CONTENTS_PER_PAGE) % contents.length;
      await this.#readCounts(contents.slice(from, from + CONTENTS_PER_PAGE), shown);
      await this.#readStream(stream, shown);
      await sleep(PAUSE_MS);
    }
  }

  #readCounts(contents: readonly string[], shown: Shown): Promise<void> {
    const query = contents.map((content) => `content=${content}`).join("&");
    return this.#ask("counts", `/v1/counts?${query}`, ({ counts }: CountsAnswer, entry) => {
      for (const count of counts) {
        entry.note(count, new Map([[count.content, count.views]]), shown);
      }
    });
  }

  #readStream(stream: string, shown: Shown): Promise<void> {
    return this.#ask("stream", `/v1/streams/${stream}`, (answer: StreamAnswer, entry) => {
      const { viewers, peak, total } = answer;
      const numbers = Object.entries({ viewers, peak, total });
      entry.note(answer, new Map(numbers), shown);
    });
  }

  async #watchList(stop: AbortSignal): Promise<void> {
    const shown: Shown = new Map();
    const path = `/v1/rankings/live?limit=${MOST_LISTED}`;
    while (!stop.aborted) {
      await this.#ask("list", path, (answer: ListAnswer, entry) => {
        const listed = new Map(answer.streams.map(({ stream, viewers }) => [stream, viewers]));
        const { streams } = this.#options;
        entry.note(answer, new Map(streams.map((stream) => [stream, listed.get(stream)])), shown);
      });
      await sleep(PAUSE_MS);
    }
  }

  async #ask<Answer>(
    kind: Kind,
    path: string,
    look: (answer: Answer, entry: Entry) => void,
  ): Promise<void> {
    const { url, phase } = this.#options;
    const entry = this.told.begin(kind, phase());
    const startedAt = performance.now();
    try {
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const answer = await fetch(`${url}${path}`, { signal });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      look((await answer.json()) as Answer, entry);
    } catch (cause) {
      entry.refuse(`${cause}`);
    }
    entry.durationsMs.push(performance.now() - startedAt);
  }
}
