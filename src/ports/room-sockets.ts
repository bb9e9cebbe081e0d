/**
 * A WebSocket that outlives the instance it was accepted by. No method throws: one that is gone takes what is sent,
 * and its end is reported in its own time.
 */
export interface RoomSocket {
  /** What was kept with it when it was accepted. */
  attachment(): unknown;
  /** The last ping that the platform answered, unix ms; 0 before the first. */
  pingedAt(): number;
  send(text: string): void;
  /** @param code 1000, or 3000 to 4999 */
  close(code: number, reason: string): void;
}

/** The server's end of a socket that somebody asks for. */
export interface Upgrade {
  /** @param attachment stays with the socket, as structured clone takes it */
  accept(attachment: unknown): RoomSocket;
  /** Lets it open and closes it: a browser does not see why an upgrade was refused. */
  refuse(code: number, reason: string): void;
}

export interface RoomSockets {
  /** All that are open and not closing, also those of instances before. */
  open(): Iterable<RoomSocket>;
}
