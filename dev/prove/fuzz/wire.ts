/** A connection on which anything may be said, and what came back on it. */
import { connect, type Socket } from "node:net";

export interface Wire {
  write(bytes: string | Uint8Array): void;
  /** Takes nothing more in, as a reader that has gone to sleep. */
  stopReading(): void;
  /** Ours is said; what they have to say still comes. */
  finish(): void;
  /** As a cable that is cut. */
  cut(): void;
  /** Everything that has come. */
  heard(): Buffer;
  isClosed(): boolean;
  /** Resolves when it holds, when the other side has closed, or after the time: with whether it holds then. */
  until(holds: (heard: Buffer) => boolean, withinMs: number): Promise<boolean>;
}

export const openWire = async (url: string): Promise<Wire> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.setNoDelay(true);
  const pieces: Buffer[] = [];
  let closed = false;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  socket.on("data", (piece: Buffer) => {
    pieces.push(piece);
    tell();
  });
  for (const event of ["end", "close", "error"] as const) {
    socket.on(event, () => {
      closed = true;
      tell();
    });
  }
  await opened(socket);
  const heard = () => Buffer.concat(pieces);
  return {
    write: (bytes) => void (socket.writable && socket.write(bytes)),
    stopReading: () => void socket.pause(),
    finish: () => void socket.end(),
    cut: () => void socket.resetAndDestroy(),
    heard,
    isClosed: () => closed,
    until: async (holds, withinMs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (closed || holds(heard())) resolve();
      };
      listeners.add(look);
      const timer = setTimeout(resolve, withinMs);
      look();
      await promise;
      clearTimeout(timer);
      listeners.delete(look);
      return holds(heard());
    },
  };
};

const opened = (socket: Socket): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve).once("error", reject);
  return promise;
};
