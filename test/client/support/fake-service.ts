/** Sockets and heartbeats of a service that does what a test says, on a clock of the test's. */
import { vi } from "vitest";

export class FakeSocket {
  static readonly all: FakeSocket[] = [];

  readonly url: string;
  readonly sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  /** The service takes it. */
  open(): void {
    this.onopen?.();
  }

  say(message: object | string): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  /** The service, or the network, ends it. */
  end(code: number): void {
    this.onclose?.({ code });
  }
}

export interface FakeService {
  /** The socket opened last. @throws when there is none */
  socket(): FakeSocket;
  /** How many were opened so far. */
  opened(): number;
  /** Requests so far: method, URL and body. */
  readonly heartbeats: readonly string[];
  /** How heartbeats are answered from now on; 0: not at all. */
  answer(status: number, body?: object, headers?: Readonly<Record<string, string>>): void;
}

interface Told {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** Until `vi.unstubAllGlobals` and `vi.useRealTimers`. */
export const fakeService = (): FakeService => {
  vi.useFakeTimers();
  FakeSocket.all.length = 0;
  const heartbeats: string[] = [];
  let answer: Told = { status: 0, body: {}, headers: {} };
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async (url: string, { method = "GET", body = "" }: RequestInit = {}) => {
    heartbeats.push(`${method} ${url} ${body}`);
    if (answer.status === 0) throw new TypeError("failed to fetch");
    const { body: told, ...init } = answer;
    return new Response(JSON.stringify(told), init);
  });
  return {
    heartbeats,
    socket() {
      const socket = FakeSocket.all.at(-1);
      if (socket === undefined) throw new Error("no socket was opened");
      return socket;
    },
    opened: () => FakeSocket.all.length,
    answer(status, body = {}, headers = {}) {
      answer = { status, body, headers };
    },
  };
};
