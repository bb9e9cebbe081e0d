import type { Connection } from "../../core/live/viewer-set.ts";
import type { RoomSocket, RoomSockets } from "../../ports/room-sockets.ts";
import type { RoomStore } from "../../ports/room-store.ts";
import { readAttachment } from "./attachment.ts";
import { asConnection } from "./lease.ts";

/** A connection as platform or disk has it. */
export interface Shown extends Connection {
  /** A lease has none. */
  readonly socket?: RoomSocket;
}

/** @returns `undefined` when nobody can tell whose socket it is */
export const connectionOf = (socket: RoomSocket): Connection | undefined => {
  const kept = readAttachment(socket.attachment());
  if (kept === undefined) return undefined;
  return { ...kept, kind: "socket", lastSeen: Math.max(kept.openedAt, socket.pingedAt()) };
};

/** Everybody who is there, whatever the set of viewers says. Leases have to be on disk. */
export const gatherEvidence = function* (
  sockets: RoomSockets,
  store: Pick<RoomStore, "leases">,
): Iterable<Shown> {
  for (const socket of sockets.open()) {
    const connection = connectionOf(socket);
    if (connection !== undefined) yield { ...connection, socket };
  }
  for (const lease of store.leases()) yield asConnection(lease);
};
