import type { RoomSocket, RoomSockets, Upgrade } from "../../ports/room-sockets.ts";
import { PING, PONG } from "../../protocol/live-messages.ts";

/** The part of a Durable Object's state that hibernatable sockets stand on. */
export interface SocketContext {
  acceptWebSocket(socket: WebSocket): void;
  getWebSockets(): readonly WebSocket[];
  setWebSocketAutoResponse(pair: WebSocketRequestResponsePair): void;
  getWebSocketAutoResponseTimestamp(socket: WebSocket): Date | null;
}

interface PlatformUpgrade extends Upgrade {
  /** 101 with the client's end. */
  response(): Response;
}

export interface PlatformSockets extends RoomSockets {
  upgrade(): PlatformUpgrade;
  /** The socket that an event is about. */
  of(socket: WebSocket): RoomSocket;
}

export const platformSockets = (context: SocketContext): PlatformSockets => {
  context.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  const of = (socket: WebSocket): RoomSocket => ({
    attachment: () => socket.deserializeAttachment(),
    pingedAt: () => context.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0,
    send: (text) => quietly(() => socket.send(text)),
    close: (code, reason) => quietly(() => socket.close(code, reason)),
  });
  return {
    of,
    // Those that are closing are listed too.
    open: () =>
      context
        .getWebSockets()
        .filter(({ readyState }) => readyState === WebSocket.OPEN)
        .map(of),
    upgrade() {
      const { 0: client, 1: server } = new WebSocketPair();
      return {
        accept(attachment) {
          context.acceptWebSocket(server);
          server.serializeAttachment(attachment);
          return of(server);
        },
        refuse(code, reason) {
          server.accept();
          server.close(code, reason);
        },
        response: () => new Response(null, { status: 101, webSocket: client }),
      };
    },
  };
};

/** A socket that is gone already throws, and its end is reported in its own time. */
const quietly = (work: () => void): void => {
  try {
    work();
  } catch {
    // nobody is left to hear of it
  }
};
