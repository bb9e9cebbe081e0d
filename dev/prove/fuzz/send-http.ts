/** One request as it is told, also as `fetch` would not send it: names twice, lengths left out, any header. */
import { Agent, type IncomingMessage, request } from "node:http";
import type { HttpCase } from "./http-case.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A machine that does much else is slow, and nothing that is asked for takes a second. */
export const ANSWER_DEADLINE_MS = 15_000;

export interface HttpSender {
  /** @returns a text when nothing came, or nothing whole */
  send(asked: HttpCase): Promise<Answer | string>;
  close(): void;
}

export const httpSender = (url: string, connections: number): HttpSender => {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send: (asked) =>
      sendOne({ hostname, port, agent }, asked).catch((cause: unknown) => `no answer: ${cause}`),
    close: () => agent.destroy(),
  };
};

interface To {
  readonly hostname: string;
  readonly port: string;
  readonly agent: Agent;
}

const sendOne = (to: To, asked: HttpCase): Promise<Answer> => {
  const { method, target, headers, body, chunked } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const length = Buffer.byteLength(body ?? "");
  const sent = [
    ...([["Host", `${to.hostname}:${to.port}`]] as const),
    ...headers,
    ...(body === undefined
      ? []
      : [
          chunked
            ? (["Transfer-Encoding", "chunked"] as const)
            : (["Content-Length", `${length}`] as const),
        ]),
  ];
  const asking = request({
    ...{ ...to, method, path: target, headers: sent.flat(), setDefaultHeaders: false },
    signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
  });
  asking.once("error", (cause: NodeJS.ErrnoException) => {
    // A connection that rests may be closed while the next request is on its way: clients send it again then.
    if (asking.reusedSocket && cause.code === "ECONNRESET") resolve(sendOne(to, asked));
    else reject(cause);
  });
  asking.once("upgrade", ({ headers: answered }, socket) => {
    socket.destroy();
    resolve({ status: 101, headers: answered, body: "" });
  });
  asking.once("response", (message) => {
    const pieces: Buffer[] = [];
    message.on("data", (piece: Buffer) => pieces.push(piece));
    message.once("error", reject);
    message.once("end", () =>
      resolve({
        status: message.statusCode ?? 0,
        headers: message.headers,
        body: `${Buffer.concat(pieces)}`,
      }),
    );
  });
  asking.end(body);
  return promise;
};
