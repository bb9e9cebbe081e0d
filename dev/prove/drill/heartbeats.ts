/** Pages that no socket opens for: they stay by heartbeats alone. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Audience, Viewer } from "../audience.ts";

export interface HeartbeatsOptions {
  /** Of the stream at the service, where it stays. */
  readonly address: string;
  readonly size: number;
  /** No other audience of the stream has it. */
  readonly name: string;
  /** Of each page; they are spread over it. */
  readonly everyMs: number;
}

/** Nobody waits longer than the room would: it answers, or the Worker says that it does not. */
const TIMEOUT_MS = 5_000;

export const openHeartbeats = (options: HeartbeatsOptions): Audience => {
  const { address, size, name, everyMs } = options;
  const stop = new AbortController();
  const viewers: Viewer[] = Array.from({ length: size }, () => ({ viewers: undefined, toldAt: 0 }));
  const beat = async (client: string): Promise<Viewer | undefined> => {
    const body = JSON.stringify({ client });
    try {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const answer = await fetch(`${address}/heartbeat`, { method: "POST", body, signal });
      const { viewers } = (await answer.json()) as { readonly viewers?: number };
      return answer.ok ? { viewers, toldAt: performance.now() } : undefined;
    } catch {
      return undefined;
    }
  };
  const stay = async (i: number): Promise<void> => {
    // All of them come at once and then keep their own time.
    for (let dueAt = performance.now() + (i * everyMs) / size; !stop.signal.aborted; ) {
      viewers[i] = (await beat(`${name}-${i}`)) ?? viewers[i] ?? { viewers: undefined, toldAt: 0 };
      while (dueAt <= performance.now()) dueAt += everyMs;
      const pause = dueAt - performance.now();
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  for (let i = 0; i < size; i += 1) void stay(i);
  return { viewers, dials: 0, leave: () => stop.abort() };
};
