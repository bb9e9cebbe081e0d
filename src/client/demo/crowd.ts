/** Viewers that are none: sockets of one page, each with a client id of its own, which stay as the SDK's would. */
import { PING } from "../../protocol/live-messages.ts";
import { readMessage } from "../live/numbers.ts";
import { PING_MS } from "../live/times.ts";

/** Taken before `data-debug` listens to all sockets: a crowd's are not worth a line each. */
const PlainSocket = window.WebSocket;

/** Between two of them, so that the number is seen to rise. */
const STEP_MS = 15;

export interface Crowd {
  open(size: number): void;
  close(): void;
}

/** @param onChange told how many are in the stream */
export const makeCrowd = (stream: string, onChange: (here: number) => void): Crowd => {
  const here = new Set<WebSocket>();
  const waiting = new Set<ReturnType<typeof setTimeout>>();

  const leave = (socket: WebSocket): void => {
    if (here.delete(socket)) onChange(here.size);
  };
  const enter = (): void => {
    const url = new URL(`/v1/streams/${stream}/live`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const client = `crowd-${crypto.getRandomValues(new Uint32Array(3)).join("-")}`;
    url.search = `${new URLSearchParams({ role: "viewer", client })}`;
    const socket = new PlainSocket(url);
    const timer = setInterval(() => here.has(socket) && socket.send(PING), PING_MS);
    socket.onopen = () => {
      here.add(socket);
      onChange(here.size);
    };
    socket.onmessage = ({ data }) => {
      if (readMessage(data)?.type === "beat") socket.send(PING);
    };
    socket.onclose = () => {
      clearInterval(timer);
      leave(socket);
    };
  };

  return {
    open(size) {
      for (let i = 0; i < size; i += 1) {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          enter();
        }, i * STEP_MS);
        waiting.add(timer);
      }
    },
    close() {
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
      for (const socket of here) {
        socket.close();
        leave(socket);
      }
    },
  };
};
