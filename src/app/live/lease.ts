import type { Connection } from "../../core/live/viewer-set.ts";
import type { LeaseRow } from "../../ports/room-store.ts";

/** Of the connection that a visitor's heartbeats stand for. */
export const leaseId = (visitor: string): string => `lease:${visitor}`;

export const asConnection = ({ visitor, network, openedAt, seenAt }: LeaseRow): Connection => ({
  id: leaseId(visitor),
  kind: "lease",
  role: "viewer",
  visitor,
  network,
  openedAt,
  lastSeen: seenAt,
});
