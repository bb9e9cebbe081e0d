/** Everybody who is told a stream's number: who asks for it, who sees it in the list, and the clients themselves. */
import type { Crowd } from "./crowd.ts";
import { type Look, type Sight, Watch } from "./watch.ts";

export interface WatchedStream {
  /** Of the service, where it stays. */
  readonly url: string;
  readonly stream: string;
  readonly crowd: Crowd;
  /** What is even has to stay so for this long. */
  readonly quietMs: number;
  /** Clients hear nothing new: what they were told before the blow is what they know. */
  readonly unheard?: boolean;
}

/** Nobody waits longer for an answer. */
const TIMEOUT_MS = 5_000;

/** From the blow on, which falls now. */
export const watchStream = (watched: WatchedStream): Watch => {
  const { crowd, quietMs, unheard = false } = watched;
  const watch = new Watch(quietMs);
  watch.look("stream", lookAtStream(watched));
  watch.look("list", lookAtList(watched));
  for (const kind of ["sockets", "heartbeats"] as const) {
    const since = unheard ? 0 : watch.since;
    if (crowd.told(kind).length > 0) watch.look(kind, async () => told(crowd, kind, since));
  }
  return watch;
};

const lookAtStream =
  ({ url, stream, crowd }: WatchedStream): Look =>
  async () => {
    const answer = await read(`${url}/v1/streams/${stream}`);
    const { viewers, status } = answer as { viewers?: number; status?: string };
    if (viewers === undefined) return { answer: status, right: false };
    return { answer: `${viewers}`, right: viewers === crowd.size && status === "live" };
  };

const lookAtList =
  ({ url, stream, crowd }: WatchedStream): Look =>
  async () => {
    const answer = await read(`${url}/v1/rankings/live?limit=100`);
    const { streams = [] } = answer as { streams?: { stream: string; viewers: number }[] };
    const viewers = streams.find((listed) => listed.stream === stream)?.viewers;
    return { answer: `${viewers ?? "not in it"}`, right: viewers === crowd.size };
  };

/** @param since what was told before says nothing; by `performance.now()` */
const told = (crowd: Crowd, kind: "sockets" | "heartbeats", since: number): Sight => {
  const { size } = crowd;
  const all = crowd.told(kind);
  const heard = all.filter(({ toldAt }) => toldAt > since);
  const right = heard.filter(({ viewers }) => viewers === size).length;
  const answer = heard.length === 0 ? undefined : `${right} of ${all.length} know ${size}`;
  return { answer, right: right === all.length };
};

const read = async (address: string): Promise<unknown> => {
  const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`${address} was answered ${answer.status}`);
  return answer.json();
};
