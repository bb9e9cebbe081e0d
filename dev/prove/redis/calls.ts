/** What Redis is asked to do: how many calls, and how much is in them. */
import type { UpstashRequest } from "../../upstash-gateway/request.ts";

export interface CallsSummary {
  /** Calls that publish numbers of contents, with at least one in them, and the contents in them. */
  readonly countCalls: number;
  readonly contents: number;
  readonly mostContents: number;
  /** The most calls of that kind within a second, of all Tallies together. */
  readonly mostInASecond: number;
  readonly streamCalls: number;
  /** All others: reads, and looks whether Redis still has what it had. */
  readonly otherCalls: number;
}

const COUNT_KEY = "count:{";
const SCRIPT = /^eval/i;

export class Calls {
  #countCalls = 0;
  #contents = 0;
  #mostContents = 0;
  #mostInASecond = 0;
  #second = { at: 0, calls: 0 };
  #streamCalls = 0;
  #otherCalls = 0;

  readonly note = ({ commands }: UpstashRequest): void => {
    const scripts = commands.filter(([name]) => SCRIPT.test(`${name}`));
    const [first] = scripts;
    if (first === undefined) this.#otherCalls += 1;
    else if (`${first[KEY]}`.startsWith(COUNT_KEY)) this.#noteCounts(scripts.length);
    else this.#streamCalls += 1;
  };

  /** Of what came since the last one. */
  take(): CallsSummary {
    const summary = {
      ...{ countCalls: this.#countCalls, contents: this.#contents },
      ...{ mostContents: this.#mostContents, mostInASecond: this.#mostInASecond },
      ...{ streamCalls: this.#streamCalls, otherCalls: this.#otherCalls },
    };
    this.#countCalls = this.#contents = this.#mostContents = this.#mostInASecond = 0;
    this.#streamCalls = this.#otherCalls = 0;
    return summary;
  }

  #noteCounts(contents: number): void {
    const at = Math.floor(performance.now() / 1_000);
    if (this.#second.at !== at) this.#second = { at, calls: 0 };
    this.#second.calls += 1;
    this.#mostInASecond = Math.max(this.#mostInASecond, this.#second.calls);
    this.#countCalls += 1;
    this.#contents += contents;
    this.#mostContents = Math.max(this.#mostContents, contents);
  }
}

/** `EVAL script 1 key …` */
const KEY = 3;
