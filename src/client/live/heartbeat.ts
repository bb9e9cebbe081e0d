/**
 * Signs of life without a socket, for where none opens. Their answers carry the numbers. Who only observes asks for the
 * numbers instead, since a heartbeat counts.
 */

import { PING_MS } from "../../protocol/live-messages.ts";
import { type Numbers, readNumbers } from "./numbers.ts";
import { ANSWER_MS } from "./times.ts";

export interface Who {
  readonly client?: string;
  readonly ticket?: string;
}

export interface HeartbeatDeps {
  readonly address: string;
  readonly role: "viewer" | "observer";
  /** @param anew with a ticket that was not used before. @throws when the page has no ticket at the moment */
  who(anew: boolean): Promise<Who>;
  onNumbers(numbers: Numbers): void;
  /** The service will not take any. @param ended since the stream is not live */
  onRefused(ended: boolean): void;
}

export interface Heartbeats {
  /** Whether the last one was taken. */
  works(): boolean;
  stop(): void;
}

const NOT_LIVE = 409;
const TICKET_REFUSED = 401;
const CROWDED = 429;

export const startHeartbeats = (deps: HeartbeatDeps): Heartbeats => {
  const { address, role, onNumbers, onRefused } = deps;
  let works = false;
  let anew = false;
  let stopped = false;
  /** The service said when to come again. */
  let restsUntil = 0;

  const send = async (): Promise<Response> => {
    const signal = AbortSignal.timeout?.(ANSWER_MS);
    if (role === "observer") return fetch(address, { signal });
    // a string goes as text/plain, which needs no preflight
    const body = JSON.stringify(await deps.who(anew));
    return fetch(`${address}/heartbeat`, { method: "POST", body, signal });
  };
  const beat = async (): Promise<void> => {
    const answer = await send();
    if (stopped) return;
    const { status } = answer;
    restsUntil = Date.now() + Number(answer.headers.get("Retry-After")) * 1_000;
    works = answer.ok;
    anew = status === TICKET_REFUSED;
    if (!works) {
      if (!anew && status < 500 && status !== CROWDED) onRefused(status === NOT_LIVE);
      return;
    }
    const body: unknown = await answer.json();
    const numbers = readNumbers(body);
    if (stopped) return;
    if (numbers) onNumbers(numbers);
    if (Object(body).status === "ended") onRefused(true);
  };
  const tryBeat = (): void => {
    if (Date.now() < restsUntil) return;
    beat().catch(() => {
      works = false;
    });
  };
  const timer = setInterval(tryBeat, PING_MS);
  tryBeat();

  return {
    works: () => works,
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
};
