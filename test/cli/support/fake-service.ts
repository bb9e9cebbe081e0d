/** A small HTTP server that plays the admin API of a service, with the faults a test asks for. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const KEY = "admin-key-of-the-tests-only";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** `never`: the connection stays open and nothing is said. `hangUp`: it is cut. */
export type Behaviour = Answer | "never" | "hangUp";

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const taken = (...shards: readonly object[]): Answer => ({ status: 202, body: { shards } });
export const standings = (...correctors: readonly object[]): Answer => ok({ correctors });

export class FakeService {
  /** What came in: `POST rebuild {"from":…}`. */
  readonly requests: string[] = [];
  /** By path behind `/v1/admin/`: what is answered, one after the other, the last one for ever. */
  readonly answers: Record<string, Behaviour[]> = {};
  /** Is told of every request when it is answered. */
  onRequest: (path: string) => void = () => undefined;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** On a free port the first time, and on the same one after that. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace(/^\/v1\/admin\//, "");
    const body = await text(request);
    this.requests.push([request.method, path, body].join(" ").trim());
    const known = request.headers.authorization === `Bearer ${KEY}`;
    const behaviour = known ? this.#next(path) : UNAUTHORIZED;
    if (behaviour === "hangUp") response.destroy();
    else if (behaviour !== "never") {
      response.writeHead(behaviour.status, { "Content-Type": "application/json" });
      const { body: said } = behaviour;
      response.end(typeof said === "string" ? said : JSON.stringify(said));
    }
    this.onRequest(path);
  }

  #next(path: string): Behaviour {
    const answers = this.answers[path.replace(/\?.*/, "")] ?? [];
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? UNKNOWN;
  }
}

const UNAUTHORIZED = { status: 401, body: { title: "An admin key is needed" } };
const UNKNOWN = { status: 404, body: { title: "There is nothing at this path" } };
