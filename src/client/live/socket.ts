/** One socket of a stream, from its opening to its end. */
import { PING } from "../../protocol/live-messages.ts";
import { type Heard, readMessage } from "./numbers.ts";
import { ANSWER_MS, PING_MS } from "./times.ts";

export interface SocketEnd {
  /** 0: it was given up here. */
  readonly code: number;
  /** `undefined`: it never opened. */
  readonly livedMs: number | undefined;
}

/**
 * Shows that the page is there every 20 s, and answers a `beat` at once: browsers slow the timers of hidden tabs, but
 * not their messages. A socket that does not answer is given up, since one whose network is gone reports no end.
 * @param onHeard of everything but beats; with nothing when it says no more than that the service is there
 * @param onEnd called once, unless it is hung up
 * @returns hangs up
 */
export const openSocket = (
  url: string,
  onHeard: (heard: Heard | undefined) => void,
  onEnd: (end: SocketEnd) => void,
): (() => void) => {
  const socket = new WebSocket(url);
  let openedAt: number | undefined;
  /** Since when there was no answer: to its opening, or to a ping. */
  let waitingSince: number | undefined = Date.now();

  const hangUp = (): void => {
    clearInterval(timer);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };
  const end = (code: number): void => {
    hangUp();
    onEnd({ code, livedMs: openedAt && Date.now() - openedAt });
  };
  const ping = (): void => {
    waitingSince ??= Date.now();
    socket.send(PING);
  };
  const timer = setInterval(() => {
    if (waitingSince === undefined) ping();
    // a beat may have been answered only just now
    else if (Date.now() - waitingSince >= ANSWER_MS) end(0);
  }, PING_MS);

  socket.onopen = () => {
    openedAt = Date.now();
    waitingSince = undefined;
  };
  socket.onmessage = ({ data }) => {
    waitingSince = undefined;
    const heard = readMessage(data);
    if (heard?.type === "beat") ping();
    else onHeard(heard);
  };
  socket.onclose = ({ code }) => end(code);
  return hangUp;
};
