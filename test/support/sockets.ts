/** Requests over sockets that can be counted and cut, which `fetch` does not let one do. */
import { Agent, type ClientRequest, request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Sent {
  /** Rejects when the socket is cut. */
  readonly answer: Promise<Answer>;
  /** Resolves when all of the request is with the system. */
  readonly written: Promise<void>;
  /** Goes away without waiting for the answer. */
  cut(): void;
}

export class Sockets {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send(method: "GET" | "POST", path: string, body?: unknown): Sent {
    const answer = Promise.withResolvers<Answer>();
    const written = Promise.withResolvers<void>();
    const headers = { "Content-Type": "application/json" };
    const options = {
      host: "127.0.0.1",
      port: this.#port,
      agent: this.#agent,
      method,
      path,
      headers,
    };
    const sent: ClientRequest = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("error", answer.reject);
      response.on("end", () =>
        answer.resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on("error", answer.reject);
    sent.on("finish", () => written.resolve());
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    return { answer: answer.promise, written: written.promise, cut: () => sent.destroy() };
  }

  close(): void {
    this.#agent.destroy();
  }
}
