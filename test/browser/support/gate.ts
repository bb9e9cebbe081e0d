/** What stands between the browsers and the service: it writes down every request, can cut the way, and can lie. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { listen } from "./listen.ts";

export interface Passage {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  /** `Sec-Fetch-Mode`: `cors` of a fetch, `no-cors` of a beacon. */
  readonly mode: string;
  readonly body: string;
  /** 0: the gate let nothing through, or no answer back. */
  readonly status: number;
  readonly answer: string;
}

/** `refuse`: the service never hears of it. `lose-answer`: it does, and the browser never hears of that. */
export type Way = "open" | "refuse" | "lose-answer";

export interface Gate {
  readonly url: string;
  /** In the order of their answers. */
  readonly passages: readonly Passage[];
  /** By path, as in `/v1/views/confirm`. */
  set(path: string, way: Way): void;
  /** Changes the service's answers at a path, until it is told otherwise. */
  rewrite(path: string, change: ((answer: string) => string) | undefined): void;
  /** From now on. */
  leadTo(service: string): void;
  close(): Promise<void>;
}

export const openGate = async (service: string): Promise<Gate> => {
  let target = service;
  const ways = new Map<string, Way>();
  const changes = new Map<string, (answer: string) => string>();
  const passages: Passage[] = [];

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = incoming;
    const body = await textOf(incoming);
    const contentType = headers["content-type"] ?? "";
    const mode = `${headers["sec-fetch-mode"] ?? ""}`;
    const seen = { method, path: url, contentType, mode, body };
    const path = url.split("?", 1)[0] ?? "";
    const way = ways.get(path) ?? "open";
    if (way === "refuse") {
      passages.push({ ...seen, status: 0, answer: "" });
      outgoing.destroy();
      return;
    }
    const { status, headers: answered, text } = await forward(`${target}${url}`, incoming, body);
    const answer = changes.get(path)?.(text) ?? text;
    passages.push({ ...seen, status: way === "lose-answer" ? 0 : status, answer });
    if (way === "lose-answer") outgoing.destroy();
    // a request that is cut off on a connection that was used before is sent again by the browser itself
    else outgoing.writeHead(status, { ...answered, connection: "close" }).end(answer);
  };

  const { url, close } = await listen(
    createServer((incoming, outgoing) => {
      // the service is down: so is the way to it
      pass(incoming, outgoing).catch(() => outgoing.destroy());
    }),
  );
  return {
    url,
    passages,
    set: (path, way) => void ways.set(path, way),
    rewrite(path, change) {
      if (change === undefined) changes.delete(path);
      else changes.set(path, change);
    },
    leadTo(other) {
      target = other;
    },
    close,
  };
};

/** Headers of one leg, not of both. */
const HOP_BY_HOP = ["host", "connection", "transfer-encoding", "content-length"];

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));

const forward = async (url: string, { method, headers }: IncomingMessage, body: string) => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // not compressed, since it is written down as text
  const sent = { ...endToEnd(headers), "accept-encoding": "identity" };
  request(url, { method, headers: sent, agent: false }, resolve).on("error", reject).end(body);
  const answer = await promise;
  return {
    status: answer.statusCode ?? 0,
    headers: endToEnd(answer.headers),
    text: await textOf(answer),
  };
};

const textOf = async (message: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
};
