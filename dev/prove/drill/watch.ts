/** Looks at a stream from all sides, again and again, from a blow on. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Crowd } from "./crowd.ts";
import { latest, linesOf, type Note, type Seen, type Verdict, verdictsOf } from "./timeline.ts";

export interface WatchOptions {
  /** Of the service, where it stays. */
  readonly url: string;
  readonly stream: string;
  readonly crowd: Crowd;
  /** What is even has to stay so for this long. */
  readonly quietMs: number;
  /** Clients hear nothing new: what they were told before the blow is what they know. */
  readonly unheard?: boolean;
}

export type Look = () => Promise<Pick<Seen, "answer" | "right">>;

/** A question, and what its answer has to be, is asked so often; nobody waits for an answer longer than that. */
const LOOK_EVERY_MS = 200;
const TIMEOUT_MS = 5_000;

const NOTHING = { answer: undefined, right: false } as const;

export class Watch {
  readonly #options: WatchOptions;
  readonly #since = performance.now();
  readonly #notes: Note[] = [];
  readonly #seen: Seen[] = [];
  readonly #looking = new Map<string, Promise<void>>();
  #stopped = false;

  /** The blow falls now. */
  constructor(options: WatchOptions) {
    this.#options = options;
    this.look("stream", () => this.#stream());
    this.look("list", () => this.#list());
    for (const kind of ["sockets", "heartbeats"] as const) {
      if (options.crowd.told(kind).length > 0) this.look(kind, () => this.#told(kind));
    }
  }

  get verdicts(): readonly Verdict[] {
    return verdictsOf(this.#seen);
  }

  get lines(): readonly string[] {
    return linesOf(this.#notes, this.#seen);
  }

  note(text: string): void {
    this.#notes.push({ ms: this.#now(), text });
  }

  /** Takes one more reader in. */
  look(reader: string, look: Look): void {
    const run = async (): Promise<void> => {
      while (!this.#stopped) {
        const seen = await look().catch(() => NOTHING);
        this.#seen.push({ ms: this.#now(), reader, ...seen });
        await sleep(LOOK_EVERY_MS);
      }
    };
    this.#looking.set(reader, run());
  }

  /** @returns whether all readers see what is true, and have for a while, before `withinMs` from the blow have passed */
  async untilEven(withinMs: number): Promise<boolean> {
    const { quietMs } = this.#options;
    for (;;) {
      const { verdicts } = this;
      const all = verdicts.length === this.#looking.size;
      const evenMs = all ? latest(verdicts.map((verdict) => verdict.evenMs)) : undefined;
      if (evenMs !== undefined && this.#now() - evenMs >= quietMs) return true;
      if (this.#now() > withinMs + quietMs) return false;
      await sleep(LOOK_EVERY_MS);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#looking.values());
  }

  async #stream(): Promise<Pick<Seen, "answer" | "right">> {
    const { stream, crowd } = this.#options;
    const answer = await this.#read(`/v1/streams/${stream}`);
    const { viewers, status } = answer as { viewers?: number; status?: string };
    if (viewers === undefined) return { ...NOTHING, ...(status && { answer: status }) };
    return { answer: `${viewers}`, right: viewers === crowd.size && status === "live" };
  }

  async #list(): Promise<Pick<Seen, "answer" | "right">> {
    const { stream, crowd } = this.#options;
    const answer = await this.#read("/v1/rankings/live?limit=100");
    const { streams = [] } = answer as { streams?: { stream: string; viewers: number }[] };
    const viewers = streams.find((listed) => listed.stream === stream)?.viewers;
    return { answer: `${viewers ?? "not in it"}`, right: viewers === crowd.size };
  }

  /** What was told before the blow says nothing, unless nothing else is to be told. */
  async #told(kind: "sockets" | "heartbeats"): Promise<Pick<Seen, "answer" | "right">> {
    const { crowd, unheard } = this.#options;
    const { size } = crowd;
    const all = crowd.told(kind);
    const told = all.filter(({ toldAt }) => unheard || toldAt > this.#since);
    const right = told.filter(({ viewers }) => viewers === size).length;
    const answer = told.length === 0 ? undefined : `${right} of ${all.length} know ${size}`;
    return { answer, right: right === all.length };
  }

  /** @throws when there is no answer that says something */
  async #read(path: string): Promise<unknown> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(`${this.#options.url}${path}`, { signal });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
    return answer.json();
  }

  #now(): number {
    return Math.round(performance.now() - this.#since);
  }
}
