/** What became of the lines of a log, by the rules of the service applied here. */
import { visitorText } from "../../src/core/views/visitor-text.ts";
import { LocalFold, type LocallyFolded } from "./local-fold.ts";
import type { NoPage } from "./page-rules.ts";
import type { Walked } from "./walk.ts";

/** Malformed lines that are shown. */
const SHOWN = 5;

export type Reason =
  | Exclude<Walked["kind"], "event" | "no page" | "empty">
  | `not a page: ${NoPage}`
  | "bot"
  | "prefetch";

export class Account {
  readonly #fold = new LocalFold();
  readonly #dropped = new Map<Reason, number>();
  readonly #malformed: { readonly where: string; readonly text: string }[] = [];
  #lines = 0;
  #events = 0;
  #folded: LocallyFolded | undefined;

  take(walked: Walked): void {
    if (walked.kind === "empty") return;
    this.#lines += 1;
    if (walked.kind !== "event") {
      this.#drop(walked.kind === "no page" ? `not a page: ${walked.why}` : walked.kind);
      if (walked.kind === "malformed" && this.#malformed.length < SHOWN) {
        this.#malformed.push({ where: walked.where, text: walked.text });
      }
      return;
    }
    this.#events += 1;
    if (walked.verdict !== "countable") {
      this.#drop(walked.verdict);
      return;
    }
    const { content, address, userAgent } = walked.event;
    this.#fold.add(walked.at, content, visitorText({ client: undefined, address, userAgent }));
  }

  get lines(): number {
    return this.#lines;
  }

  /** What is sent: bots among it, which the service keeps and does not count. */
  get events(): number {
    return this.#events;
  }

  get malformed(): readonly { readonly where: string; readonly text: string }[] {
    return this.#malformed;
  }

  /** When every line is in. */
  get folded(): LocallyFolded {
    this.#folded ??= this.#fold.judge();
    return this.#folded;
  }

  droppedFor(reason: Reason): number {
    return this.#dropped.get(reason) ?? 0;
  }

  #drop(reason: Reason): void {
    this.#dropped.set(reason, this.droppedFor(reason) + 1);
  }
}
