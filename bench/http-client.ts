/** An HTTP/1.1 client that does no more than a load generator needs: keep-alive, one request at a time, `Content-Length`. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** @param headers besides those of a browser @returns a whole request, headers and body, ready to be written */
export const requestBytes = (
  path: string,
  body: unknown,
  headers: readonly string[] = [],
): Buffer => {
  const json = JSON.stringify(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: bench",
    "Content-Type: application/json",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
    "Origin: https://news.example",
    `CF-Connecting-IP: ${nextAddress()}`,
    ...headers,
    `Content-Length: ${Buffer.byteLength(json)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${json}`);
};

/** @returns a whole request without a body */
export const getBytes = (path: string): Buffer =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: bench\r\nOrigin: https://news.example\r\nCF-Connecting-IP: ${nextAddress()}\r\n\r\n`,
  );

let asked = 0;

/** Readers are everywhere: from one network alone the limits would refuse most of them. */
const nextAddress = (): string => {
  asked += 1;
  return `10.${(asked >> 8) & 0x7f}.${asked & 0xff}.7`;
};

/** One keep-alive connection. */
export class Connection {
  readonly #socket: Socket;
  #received = "";
  #answered: ((answer: Answer) => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#receive(text));
    socket.on("error", (error) => {
      throw error;
    });
  }

  /** The answer arrives before the next `send`. */
  send(request: Buffer, answered: (answer: Answer) => void): void {
    this.#answered = answered;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = CONTENT_LENGTH.exec(this.#received)?.[1];
    if (length === undefined) throw new Error(`no Content-Length in: ${this.#received}`);
    const end = head + 4 + Number(length);
    if (this.#received.length < end) return;
    const status = Number(this.#received.slice(9, 12));
    const body = this.#received.slice(head + 4, end);
    this.#received = "";
    this.#answered?.({ status, body });
  }
}

const CONTENT_LENGTH = /\r\ncontent-length: (\d+)\r\n/i;

export const openConnections = (port: number, count: number): Promise<Connection[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      return new Connection(socket);
    }),
  );
