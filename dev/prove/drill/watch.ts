/** Looks again and again, from a blow on, until what it sees is right and stays so. */
import { setTimeout as sleep } from "node:timers/promises";
import { latest, linesOf, type Note, type Seen, type Verdict, verdictsOf } from "./timeline.ts";

export type Sight = Pick<Seen, "answer" | "right">;

/** @throws when there is no answer that says something */
export type Look = () => Promise<Sight>;

const LOOK_EVERY_MS = 200;

export class Watch {
  readonly #quietMs: number;
  readonly #since = performance.now();
  readonly #notes: Note[] = [];
  readonly #seen: Seen[] = [];
  readonly #looking = new Map<string, Promise<void>>();
  #trueFrom = 0;
  #stopped = false;

  /** The blow falls now. @param quietMs what is even has to stay so for this long */
  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** The blow, by `performance.now()`. */
  get since(): number {
    return this.#since;
  }

  get verdicts(): readonly Verdict[] {
    return verdictsOf(this.#seen, this.#trueFrom);
  }

  get lines(): readonly string[] {
    return linesOf(this.#notes, this.#seen);
  }

  note(text: string): void {
    this.#notes.push({ ms: this.#now(), text });
  }

  /** What is true is another thing from now on. */
  turn(text: string): void {
    this.#trueFrom = this.#now();
    this.note(text);
  }

  /** Takes one more reader in. */
  look(reader: string, look: Look): void {
    const run = async (): Promise<void> => {
      while (!this.#stopped) {
        const sight = await look().catch(() => ({ answer: undefined, right: false }));
        this.#seen.push({ ms: this.#now(), reader, ...sight });
        await sleep(LOOK_EVERY_MS);
      }
    };
    this.#looking.set(reader, run());
  }

  /**
   * @param except a reader that nothing is expected of yet
   * @returns whether all others see what is true, and have for a while, before `withinMs` from the blow have passed
   */
  async untilEven(withinMs: number, except?: string): Promise<boolean> {
    for (;;) {
      const evenMs = this.#evenMs(except);
      if (evenMs !== undefined && this.#now() - evenMs >= this.#quietMs) return true;
      if (this.#now() > withinMs + this.#quietMs) return false;
      await sleep(LOOK_EVERY_MS);
    }
  }

  #evenMs(except: string | undefined): number | undefined {
    const readers = [...this.#looking.keys()].filter((reader) => reader !== except);
    const { verdicts } = this;
    return latest(readers.map((name) => verdicts.find(({ reader }) => reader === name)?.evenMs));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#looking.values());
  }

  #now(): number {
    return Math.round(performance.now() - this.#since);
  }
}
