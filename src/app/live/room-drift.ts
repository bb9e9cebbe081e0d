import type { Connection } from "../../core/live/viewer-set.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StreamTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";
import type { RoomSockets } from "../../ports/room-sockets.ts";
import type { HeldNumbers, RoomStore, SavedStream } from "../../ports/room-store.ts";
import type { ReconcileAnswer } from "../../protocol/room-rpc.ts";
import type { Attendance } from "./attendance.ts";
import type { Broadcast } from "./broadcast.ts";
import { gatherEvidence, type Shown } from "./evidence.ts";
import type { ListHeard, ListPublisher } from "./list-publisher.ts";
import { ListWatch } from "./list-watch.ts";
import type { Outbox } from "./outbox.ts";
import { type Finding, recordOf } from "./reconcile-record.ts";
import { Reconciler } from "./reconciler.ts";
import { committed } from "./room-guards.ts";
import type { Numbers } from "./room-numbers.ts";
import { type People, SecondCount } from "./second-count.ts";
import type { VersionBlocks } from "./version-blocks.ts";

export interface DriftDeps {
  /** Of the object. */
  readonly name: string;
  readonly store: RoomStore;
  readonly sockets: RoomSockets;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly streams: Pick<StreamTables, "saveCurrent">;
  /** Keeps the object awake until it is done. */
  background(work: Promise<void>): void;
  /** Ends this instance. */
  abort(reason: string): never;
}

interface Parts {
  readonly attendance: Attendance;
  readonly broadcast: Broadcast;
  readonly publisher: ListPublisher;
  readonly outbox: Outbox;
  readonly numbers: Numbers;
  readonly versions: VersionBlocks;
  /** As it now is. */
  stream(): SavedStream | undefined;
  /** What changed in memory goes to the disk. @param now ms */
  save(now: number): void;
}

/** What a room does about numbers that are not what they should be: its own, and those the list has of it. */
export class Drift {
  readonly reconciler: Reconciler;
  readonly #deps: DriftDeps;
  readonly #parts: Parts;
  readonly #watch: ListWatch;

  /** @param now ms; the set of viewers has just been made of sockets and leases */
  constructor(deps: DriftDeps, parts: Parts, now: number) {
    const { store, sockets, log } = deps;
    const { attendance, broadcast, publisher, versions } = parts;
    const finished = (finding: Finding): void => this.#keep(finding);
    this.#deps = deps;
    this.#parts = parts;
    this.#watch = new ListWatch({ audience: "rankings", versions, log, finished });
    const evidence = () => gatherEvidence(sockets, store);
    const reconcilerDeps = {
      store,
      count: new SecondCount(peopleOf(attendance, broadcast), evidence),
      tell(status: "syncing" | "live"): void {
        broadcast.tell(status);
        publisher.hurry();
      },
      beat: () => broadcast.beatAll(),
      finished,
    };
    this.reconciler = new Reconciler(reconcilerDeps, now);
  }

  /** What is shown instead of the numbers. */
  get held(): HeldNumbers | undefined {
    return this.reconciler.held;
  }

  /** An operator wants to know. @param now ms */
  lookNow(now: number): ReconcileAnswer {
    const { stream, save } = this.#parts;
    const known = stream();
    if (known === undefined) return { outcome: "unopened" };
    if (known.endedAt !== null) return { outcome: "ended" };
    // Leases are counted as the disk has them.
    committed(this.#deps, () => save(now));
    return this.reconciler.lookNow(now);
  }

  /** Whoever wants a number that was held for too long need not wait for the alarm. @param now ms */
  endWhatIsOverdue(now: number): void {
    if (this.reconciler.isOverdue(now)) committed(this.#deps, () => this.reconciler.step(now));
  }

  /** The list of live streams has answered. */
  heard({ message: entry, answer, before, late }: ListHeard): void {
    const now = this.#deps.clock.now();
    if (!late && this.#watch.heard(entry, answer.had, before, now)) this.#parts.publisher.hurry();
  }

  /** What was found is recorded, and where it was too much, what was written of it is written again. */
  #keep(finding: Finding): void {
    const { random, log } = this.#deps;
    const stream = this.#parts.stream();
    if (stream === undefined) return;
    const { source, tier, before, after, endedAt } = finding;
    log.warn("room.drift", { stream: stream.stream, source, tier, before, after });
    this.#parts.outbox.record(recordOf(stream.stream, finding, random));
    if (tier === "census" && stream.endedAt === null) this.#rewrite(stream, endedAt);
  }

  #rewrite(stream: SavedStream, now: number): void {
    const { streams, log, background } = this.#deps;
    const { recent: _, ...numbers } = this.#parts.numbers.stamped(stream, now);
    const { broadcaster, category } = stream;
    background(
      streams.saveCurrent([{ ...numbers, broadcaster, category }]).then(
        () => undefined,
        // The next flush of the list brings as much.
        (cause: unknown) =>
          log.error("room.current-unsaved", { stream: stream.stream, cause: `${cause}` }),
      ),
    );
  }
}

const peopleOf = (attendance: Attendance, broadcast: Broadcast): People => ({
  get numbers() {
    return attendance.numbers;
  },
  connections: (): Iterable<Connection> => attendance.connections.connections(),
  join({ socket, ...connection }: Shown, now: number): void {
    if (socket !== undefined) broadcast.adopt(connection.id, socket);
    attendance.join(connection, now);
  },
  leave(id: string, now: number): void {
    attendance.leave(id, now);
    // Should its other end still be there, it comes back.
    broadcast.close(id, "silent");
  },
  recount: () => attendance.connections.recount(),
});
