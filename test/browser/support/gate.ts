/** What stands between the browsers and the service: it writes down every request, can cut the way, and can lie. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
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
  /** Paths and queries of WebSockets that were asked for, let through or not. */
  readonly upgrades: readonly string[];
  /** By path, as in `/v1/views/confirm`. */
  set(path: string, way: Way): void;
  /** Changes the service's answers at a path, until it is told otherwise. */
  rewrite(path: string, change: ((answer: string) => string) | undefined): void;
  /** Cuts all WebSockets there are, as a network does that goes away. */
  cut(): void;
  /** From now on. */
  leadTo(service: string): void;
  close(): Promise<void>;
}

export const openGate = async (service: string): Promise<Gate> => {
  let target = service;
  const ways = new Map<string, Way>();
  const changes = new Map<string, (answer: string) => string>();
  const passages: Passage[] = [];
  const upgrades: string[] = [];
  const tunnels = new Set<Duplex>();

  const tunnel = (incoming: IncomingMessage, browser: Duplex): void => {
    const path = incoming.url ?? "";
    upgrades.push(path);
    if (ways.get(path.split("?", 1)[0] ?? "") === "refuse") {
      browser.destroy();
      return;
    }
    tunnels.add(browser);
    browser.once("close", () => tunnels.delete(browser));
    splice(incoming, browser, target);
  };

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

  const server = createServer((incoming, outgoing) => {
    // the service is down: so is the way to it
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on("upgrade", tunnel);
  const { url, close } = await listen(server);
  const cut = (): void => {
    for (const browser of tunnels) browser.destroy();
  };
  return {
    url,
    passages,
    upgrades,
    cut,
    set: (path, way) => void ways.set(path, way),
    rewrite(path, change) {
      if (change === undefined) changes.delete(path);
      else changes.set(path, change);
    },
    leadTo(other) {
      target = other;
    },
    async close() {
      cut();
      await close();
    },
  };
};

/** A WebSocket as bytes, after a request that names the service as its host. */
const splice = (incoming: IncomingMessage, browser: Duplex, service: string): void => {
  const { hostname, port, host } = new URL(service);
  const headers = { ...incoming.headers, host };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const upstream: Socket = connect(Number(port), hostname, () => {
    upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    upstream.pipe(browser).pipe(upstream);
  });
  const end = (): void => {
    upstream.destroy();
    browser.destroy();
  };
  for (const side of [upstream, browser]) side.on("error", end).on("close", end);
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
