import { networkNumber } from "./network-number.ts";
import type { RawCase } from "./raw-case.ts";
import { openWire, type Wire } from "./wire.ts";

const DEADLINE_MS = 15_000;

/** Who expects nothing listens so long, in case something comes all the same. */
const LISTEN_MS = 20;

/** @returns what is wrong; `undefined`: nothing */
export const judgeRaw = async (
  url: string,
  { pieces, expects }: RawCase,
): Promise<string | undefined> => {
  const wire = await openWire(url);
  try {
    for (const piece of pieces) wire.write(Buffer.from(piece, "latin1"));
    return (await complaintOf(wire, expects)) ?? complaintOfStatus(wire.heard());
  } finally {
    wire.cut();
  }
};

const complaintOf = async (
  wire: Wire,
  expects: RawCase["expects"],
): Promise<string | undefined> => {
  if (expects === "nothing") {
    await wire.until(() => false, LISTEN_MS);
    return undefined;
  }
  if (expects === "an answer or an end") {
    const answered = await wire.until((heard) => heard.length > 0, DEADLINE_MS);
    return answered || wire.isClosed() ? undefined : "neither an answer nor an end";
  }
  const { answers } = expects;
  const all = await wire.until((heard) => statusesOf(heard).length >= answers, DEADLINE_MS);
  return all ? undefined : `${statusesOf(wire.heard()).length} of ${answers} answers`;
};

const statusesOf = (heard: Buffer): readonly number[] =>
  [...heard.toString("latin1").matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) =>
    Number(status),
  );

/** 501 and 505 are the server's own, for what is no HTTP that it knows. */
const complaintOfStatus = (heard: Buffer): string | undefined => {
  const text = heard.toString("latin1").replaceAll(AT_THE_DOOR, "").replace(NO_ADDRESS, "");
  const all = statusesOf(Buffer.from(text, "latin1"));
  const bad = all.find((status) => status >= 500 && status !== 501 && status !== 505);
  return bad === undefined ? undefined : `${bad}: ${text.slice(0, 500)}`;
};

/**
 * What workerd's port itself says when host and target make no address (a host twice, bytes in it, CONNECT): there is no
 * request to hand over yet. On Cloudflare these end at the edge. What a Worker throws is answered with its words, by
 * Miniflare's own Worker, and all that ours answers is JSON.
 */
const AT_THE_DOOR =
  "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 21\r\n\r\nInternal Server Error";

/** The same by Miniflare's own Worker, of a host that is none and yet makes an address. */
const NO_ADDRESS =
  /HTTP\/1\.1 500 [\s\S]*?\r\n\r\nTypeError: Fetch API cannot load: [\s\S]*?entry\.worker\.js\S*/g;

const SLOW_MS = 10_000;
const SLOW_NETWORKS = 2 ** 25;

/** Bodies of which the rest never comes, all at once. @returns what is wrong with each that has something */
export const judgeSlowBodies = async (url: string, count: number): Promise<readonly string[]> => {
  const judged = await Promise.all(
    Array.from({ length: count }, (_, index) => judgeSlow(url, index)),
  );
  return judged.flatMap((complaint) => complaint ?? []);
};

const DECLARED = ["Content-Length: 60\r\n", "{"] as const;
const CHUNKED = ["Transfer-Encoding: chunked\r\n", "2\r\n{ \r\n"] as const;
const PATHS = [
  "/v1/views",
  "/v1/views/confirm",
  "/v1/receipts",
  "/v1/streams/none/heartbeat",
] as const;

/** Each of a network of its own: what is looked at is no limit. */
const judgeSlow = async (url: string, index: number): Promise<string | undefined> => {
  const path = PATHS[index % PATHS.length];
  const [frame, begun] = index % 8 < PATHS.length ? DECLARED : CHUNKED;
  const from = `CF-Connecting-IP: ${networkNumber(SLOW_NETWORKS + index)}\r\n`;
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\n${from}Content-Type: application/json\r\n${frame}\r\n`;
  const wire = await openWire(url);
  try {
    const at = performance.now();
    wire.write(head + begun);
    const answered = await wire.until(
      (heard) => heard.includes("body-too-slow"),
      SLOW_MS + DEADLINE_MS,
    );
    const ms = performance.now() - at;
    if (!answered)
      return `${path} ${frame.trim()}: ${wire.heard().toString("latin1").slice(0, 200) || "nothing"}`;
    return ms < SLOW_MS - 50 ? `${path}: given up after ${Math.round(ms)} ms` : undefined;
  } finally {
    wire.cut();
  }
};
