import type { Connection } from "../../core/live/viewer-set.ts";
import type { StreamTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { RoomSockets } from "../../ports/room-sockets.ts";
import type { RoomStore, SavedStream } from "../../ports/room-store.ts";
import type { LiveEntry } from "../../protocol/room-rpc.ts";
import type { Attendance } from "./attendance.ts";
import type { Broadcast } from "./broadcast.ts";
import { gatherEvidence, type Shown } from "./evidence.ts";
import { type Finding, recordOf } from "./reconcile-record.ts";
import { Reconciler } from "./reconciler.ts";
import { SecondCount } from "./second-count.ts";

export interface DriftDeps {
  readonly store: RoomStore;
  readonly sockets: RoomSockets;
  readonly random: Random;
  readonly log: Log;
  readonly streams: Pick<StreamTables, "saveCurrent">;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
}

/** What drift a room found and put right is kept, and where it was too much, what was written of it is written again. */
export const driftKeeper =
  (
    { store, random, log, streams, background }: DriftDeps,
    stream: () => SavedStream | undefined,
    entry: (stream: SavedStream) => LiveEntry,
  ) =>
  (finding: Finding): void => {
    const known = stream();
    if (known === undefined) return;
    const { source, tier, before, after } = finding;
    log.warn("room.drift", { stream: known.stream, source, tier, before, after });
    store.saveRecord(recordOf(known.stream, finding, random));
    if (tier !== "census" || known.endedAt !== null) return;
    const { samples: _, days: __, ...current } = entry(known);
    background(
      // The next flush of the list brings as much.
      streams.saveCurrent([current]).then(
        () => undefined,
        (cause: unknown) =>
          log.error("room.current-unsaved", { stream: known.stream, cause: `${cause}` }),
      ),
    );
  };

interface Parts {
  readonly attendance: Attendance;
  readonly broadcast: Broadcast;
  /** The list of live streams is told at once. */
  hurry(): void;
  finished(finding: Finding): void;
}

/** @param now ms; the set of viewers has just been made of sockets and leases */
export const roomReconciler = (
  { store, sockets }: Pick<DriftDeps, "store" | "sockets">,
  { attendance, broadcast, hurry, finished }: Parts,
  now: number,
): Reconciler => {
  const people = {
    get numbers() {
      return attendance.numbers;
    },
    connections: (): Iterable<Connection> => attendance.connections.connections(),
    join({ socket, ...connection }: Shown, at: number): void {
      if (socket !== undefined) broadcast.adopt(connection.id, socket);
      attendance.join(connection, at);
    },
    leave(id: string, at: number): void {
      attendance.leave(id, at);
      // Should its other end still be there, it comes back.
      broadcast.close(id, "silent");
    },
    recount: () => attendance.connections.recount(),
  };
  const deps = {
    store,
    count: new SecondCount(people, () => gatherEvidence(sockets, store)),
    tell(status: "syncing" | "live"): void {
      broadcast.tell(status);
      hurry();
    },
    beat: () => broadcast.beatAll(),
    finished,
  };
  return new Reconciler(deps, now);
};
