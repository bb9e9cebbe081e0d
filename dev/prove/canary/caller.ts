/** Requests whose answers are kept as they came. */
import type { Written } from "./written.ts";

export interface Call {
  readonly method: string;
  /** As the table of routes has it, for the report. */
  readonly route: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, and text as it is. */
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  /** What it says, where that is an object of JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

const TIMEOUT_MS = 30_000;

export class Caller {
  readonly answers: Written[] = [];
  /** By status. */
  readonly statuses = new Map<number, number>();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @returns `undefined` when there was no answer, as while the service is killed */
  async ask({ method, route, path, headers, body }: Call): Promise<Answered | undefined> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        headers: { ...(text !== undefined && { "Content-Type": "application/json" }), ...headers },
        ...(text !== undefined && { body: text }),
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const said = await response.text();
      const { status } = response;
      const head = [...response.headers].map(([name, value]) => `${name}: ${value}`);
      this.note(`${method} ${route} ${status}`, [...head, said].join("\n"));
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      return { status, json: objectOf(said) };
    } catch {
      this.statuses.set(0, (this.statuses.get(0) ?? 0) + 1);
      return undefined;
    }
  }

  note(name: string, text: string): void {
    this.answers.push({ place: "answers", name, bytes: Buffer.from(text) });
  }
}

const objectOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};
