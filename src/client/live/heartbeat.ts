/** Signs of life without a socket, for where none opens. Their answers carry the numbers. */
import { type Numbers, readNumbers } from "./numbers.ts";
import { ANSWER_MS, PING_MS } from "./times.ts";

export interface HeartbeatDeps {
  /** @param anew with a ticket that was not used before. @throws when the page has no ticket at the moment */
  url(anew: boolean): Promise<string>;
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

export const startHeartbeats = ({ url, onNumbers, onRefused }: HeartbeatDeps): Heartbeats => {
  let works = false;
  let anew = false;
  let stopped = false;

  const beat = async (): Promise<void> => {
    const answer = await fetch(await url(anew), {
      method: "POST",
      signal: AbortSignal.timeout?.(ANSWER_MS),
    });
    if (stopped) return;
    const { status } = answer;
    works = answer.ok;
    anew = status === TICKET_REFUSED;
    if (!works) {
      if (!anew && status < 500 && status !== CROWDED) onRefused(status === NOT_LIVE);
      return;
    }
    const numbers = readNumbers(await answer.json());
    if (numbers && !stopped) onNumbers(numbers);
  };
  const tryBeat = (): void => {
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
