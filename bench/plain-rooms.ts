/** The floor of `npm run bench -- live`: a `ws` server in a process of its own that sends one frame, built once, to all. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import { PING, PONG } from "../src/protocol/live-messages.ts";
import { answerParent } from "./child.ts";

const api = {
  /** @returns its port */
  async listen(): Promise<number> {
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return (http.address() as AddressInfo).port;
  },
  /** From now on every change goes to all at once; while many join that would be all that it does. */
  pushChanges(): void {
    pushes = true;
  },
};

export type PlainRoomsApi = typeof api;

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
const sockets = new Set<Socket>();
let pushes = false;

const push = (): void => {
  if (!pushes) return;
  const frame = countFrame();
  for (const socket of sockets) socket.write(frame);
};

const countFrame = (): Buffer => {
  const viewers = sockets.size;
  const count = { type: "count", viewers, peak: viewers, total: viewers, at: Date.now() };
  return frameOf(JSON.stringify(count));
};

/** RFC 6455, section 5.2: final, text, unmasked; these are shorter than 126 bytes. */
const frameOf = (text: string): Buffer => {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
};

server.on("connection", (webSocket, { socket }) => {
  sockets.add(socket);
  socket.write(countFrame());
  webSocket.on("message", (data) => {
    if (`${data}` === PING) webSocket.send(PONG);
  });
  webSocket.on("close", () => {
    sockets.delete(socket);
    push();
  });
  push();
});

answerParent(api);
