/** What travels over a stream's WebSocket, and how it ends. All messages are text; `docs/live.md` describes them for clients. */

/** A client's sign of life. The platform answers it without waking the object, so both are exactly these texts. */
export const PING = "ping";
export const PONG = "pong";

/** A client shows this often that it is there. */
export const PING_MS = 20_000;

export type StreamStatus = "live" | "syncing" | "ended";

export interface CountMessage {
  readonly type: "count";
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
  /** Unix ms at which the numbers held. */
  readonly at: number;
}

export interface StatusMessage {
  readonly type: "status";
  readonly status: StreamStatus;
}

/** To a socket that has been silent: it should send `ping`. */
export interface BeatMessage {
  readonly type: "beat";
}

export type ServerMessage = CountMessage | StatusMessage | BeatMessage;

/** Why the server ends a socket, for clients to act on. */
export const CLOSE_CODES = {
  /** The visitor opened more sockets than a visitor may have; this was the oldest. Do not reconnect. */
  replaced: 4000,
  /** Another object holds this visitor from now on. Reconnect after a random pause. */
  moved: 4001,
  /** The stream has ended, or is not live. Do not reconnect. */
  ended: 4002,
  /** More than one message a second, or one that is not `ping`. Do not reconnect at once. */
  flood: 4003,
  /** Binary, too large, or not a message of this protocol. */
  unreadable: 4004,
  /** The ticket is missing, expired or not for this stream. Ask the site for a fresh one. */
  ticket: 4005,
  /** More sockets of one network than are allowed. Reconnect after a pause. */
  crowded: 4006,
  /** Nothing was heard of it for too long. Reconnect. */
  silent: 4007,
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;
