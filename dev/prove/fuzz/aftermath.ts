/** What has to hold when it is over: everything still counts, and exactly. */
import WebSocket from "ws";
import { makeMinter } from "../../offline-mint.ts";
import { networkNumber } from "./network-number.ts";
import type { World } from "./world.ts";

export interface Aftermath {
  /** Of tokens that went through the cases again and again, and of as many views that nobody touched: each once. */
  readonly views: { readonly expected: number; readonly cases: number; readonly others: number };
  /** Absent where nobody waited for those whose connection was cut to be gone, most of a minute. */
  readonly viewers: { readonly expected: number; readonly counted: number } | undefined;
}

const VIEWERS = 20;
/** Who said nothing at his end is out of the number within 60 s. */
const SETTLE_MS = 90_000;
const POLL_MS = 250;
const TOKEN_AGE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 15_000;

export const aftermathOf = async (world: World, patient: boolean): Promise<Aftermath> => {
  const { service, content, tokens, stream } = world;
  const others = `${content}-others`;
  const mint = makeMinter({ tokenKeys: service.tokenKeys, shards: service.shards });
  const at = Date.now() - TOKEN_AGE_MS;
  const fresh = await Promise.all(tokens.map((_, visitor) => mint(others, visitor, at)));
  await confirmAll(service.url, tokens);
  await confirmAll(
    service.url,
    fresh.map(({ token }) => token),
  );
  const expected = tokens.length;
  return {
    views: {
      expected,
      cases: await become(expected, () => numberOf(service.url, `counts/${content}`, "views")),
      others: await become(expected, () => numberOf(service.url, `counts/${others}`, "views")),
    },
    viewers: patient
      ? { expected: VIEWERS, counted: await viewersOf(service.url, stream) }
      : undefined,
  };
};

const confirmAll = async (url: string, tokens: readonly string[]): Promise<void> => {
  const answer = await fetch(`${url}/v1/views/confirm?wait=10`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "CF-Connecting-IP": networkNumber(1) },
    body: JSON.stringify({ tokens }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  if (answer.status !== 200)
    throw new Error(`genuine views: ${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
};

/** Nobody is there any more; then some are, and each is counted. */
const viewersOf = async (url: string, stream: string): Promise<number> => {
  const read = () => numberOf(url, `streams/${stream}`, "viewers");
  const left = await become(0, read);
  if (left !== 0) return left + VIEWERS;
  const sockets = Array.from({ length: VIEWERS }, (_, index) => {
    const headers = { "CF-Connecting-IP": networkNumber(2 ** 24 + index) };
    return new WebSocket(`${url.replace("http", "ws")}/v1/streams/${stream}/live`, { headers });
  });
  const counted = await become(VIEWERS, read);
  for (const socket of sockets) socket.terminate();
  return counted;
};

const numberOf = async (url: string, path: string, name: string): Promise<number> => {
  const answer = await fetch(`${url}/v1/${path}?consistency=strong`, {
    headers: { "CF-Connecting-IP": networkNumber(2) },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const told: unknown = await answer.json();
  return Number(Object(told)[name]);
};

/** @returns the number in the end, which is the expected one as soon as it is that */
const become = async (expected: number, read: () => Promise<number>): Promise<number> => {
  const until = Date.now() + SETTLE_MS;
  for (;;) {
    const value = await read();
    if (value === expected || Date.now() > until) return value;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};
