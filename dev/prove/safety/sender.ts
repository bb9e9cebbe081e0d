/** Requests of many networks at once, and what became of them. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Shot {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** With its query. */
  readonly path: string;
  /** JSON; objects are written as such, text is sent as it is. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address it comes from; another one each time unless it says so. */
  readonly address?: string;
}

export interface Landed {
  readonly status: number;
  /** The problem's code, the acknowledgement, or what the answers to many tokens have in common; empty without any. */
  readonly word: string;
  /** As it came. */
  readonly text: string;
}

const REQUEST_TIMEOUT_MS = 30_000;

/** A service that has much to do says so, and is asked again: clients do that too. */
const ATTEMPTS = 8;
const RETRY_MS = 150;

const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

export class Sender {
  /** Requests in all, repeated ones too. */
  sent = 0;
  /** 503 and no answer at all; sent again. */
  repeated = 0;
  #networks = 0;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws when it has no answer other than 503, however often it is sent */
  async send(shot: Shot): Promise<Landed> {
    const address = shot.address ?? this.#nextAddress();
    for (let attempt = 1; ; attempt += 1) {
      this.sent += 1;
      const landed = await this.#once(shot, address).catch((cause: unknown) => `${cause}`);
      if (typeof landed !== "string" && landed.status !== 503) return landed;
      if (attempt === ATTEMPTS) {
        const what = typeof landed === "string" ? landed : `${landed.status} ${landed.text}`;
        throw new Error(`${shot.method ?? "POST"} ${shot.path}: ${what}`);
      }
      this.repeated += 1;
      await sleep(RETRY_MS * attempt);
    }
  }

  async #once({ method = "POST", path, body, headers }: Shot, address: string): Promise<Landed> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        "User-Agent": BROWSER,
        "CF-Connecting-IP": address,
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await answer.text();
    return { status: answer.status, word: wordOf(text), text };
  }

  /** Sixteen million networks before the first comes back. */
  #nextAddress(): string {
    this.#networks += 1;
    const n = this.#networks;
    return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  }
}

interface Answer {
  readonly code?: string;
  readonly ack?: string;
  readonly results?: readonly Answer[];
}

const wordOf = (text: string): string => {
  if (!text.startsWith("{")) return "";
  const { code, ack, results } = JSON.parse(text) as Answer;
  if (results === undefined) return code ?? ack ?? "";
  return [...new Set(results.map((one) => one.code ?? one.ack ?? ""))]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join("+");
};

/** @param work is called with 0, 1, 2 … and never more than `parallel` at a time */
export const inParallel = async (
  times: number,
  parallel: number,
  work: (index: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < times; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, times) }, lane));
};
