/** Viewers on sockets, whatever they are told and however it ends. */
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Caller } from "./caller.ts";

export interface SocketCall {
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one after another when it is open. */
  readonly says?: readonly (string | Uint8Array)[];
}

/** Longer than a first message takes. */
const LISTEN_MS = 300;

const ROUTE = "SOCKET /v1/streams/:id/live";

/** @returns what ends it; it is open until then, unless the service has ended it */
export const openSocket = async (
  caller: Caller,
  url: string,
  { path, headers, says = [] }: SocketCall,
): Promise<() => void> => {
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, { headers });
  socket.on("error", () => undefined);
  socket.on("upgrade", ({ rawHeaders }) => caller.note(ROUTE, rawHeaders.join("\n")));
  socket.on("unexpected-response", (request, response) => {
    caller.note(ROUTE, response.rawHeaders.join("\n"));
    response.setEncoding("utf8").on("data", (text: string) => caller.note(ROUTE, text));
    response.once("end", () => request.destroy());
  });
  socket.on("message", (data) => caller.note(ROUTE, `${data}`));
  socket.on("close", (code, reason) => caller.note(ROUTE, `${code} ${reason}`));
  const settled = AbortSignal.timeout(LISTEN_MS);
  await once(socket, "open", { signal: settled }).catch(() => undefined);
  if (socket.readyState === WebSocket.OPEN) for (const word of says) socket.send(word);
  return () => socket.terminate();
};
