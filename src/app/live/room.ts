import type { RoomSocket, Upgrade } from "../../ports/room-sockets.ts";
import type { SavedStream } from "../../ports/room-store.ts";
import type {
  Arrival,
  ForgetAnswer,
  HeartbeatAnswer,
  NumbersAnswer,
  ReconcileAnswer,
  RoomNumbers,
  StreamStart,
} from "../../protocol/room-rpc.ts";
import { SoonestAlarm } from "../soonest-alarm.ts";
import { Attendance } from "./attendance.ts";
import { Broadcast } from "./broadcast.ts";
import { Chores } from "./chores.ts";
import { Door, recoverSockets, refuse } from "./door.ts";
import { listPublisher } from "./list-publisher.ts";
import { Outbox } from "./outbox.ts";
import { readModelPublisher } from "./read-model-publisher.ts";
import { roomChores } from "./room-chores.ts";
import type { RoomDeps } from "./room-deps.ts";
import { Drift } from "./room-drift.ts";
import { committed, guarded } from "./room-guards.ts";
import { Numbers } from "./room-numbers.ts";
import { VersionBlocks } from "./version-blocks.ts";

/** Should an alarm's work fail, it is tried again after this. */
const ALARM_RETRY_MS = 5_000;

/**
 * The one maker of a stream's numbers. Whatever happens first takes out who is silent, then changes the set of
 * viewers in memory, then moves the alarm; the alarm saves, pushes to the sockets, tells the list of live streams and the read model.
 * An instance may end at any time: sockets with their attachments, leases and sessions bring the next one back.
 */
export class Room {
  readonly #deps: RoomDeps;
  readonly #attendance: Attendance;
  readonly #broadcast: Broadcast;
  readonly #numbers: Numbers;
  readonly #door: Door;
  readonly #outbox: Outbox;
  readonly #alarm: SoonestAlarm;
  readonly #drift: Drift;
  readonly #chores: Chores;
  #stream: SavedStream | undefined;

  constructor(deps: RoomDeps) {
    const { store, clock, sockets } = deps;
    const now = clock.now();
    this.#deps = deps;
    this.#stream = store.stream();
    this.#alarm = new SoonestAlarm(store.alarm);
    this.#broadcast = new Broadcast(store);
    const recovered = recoverSockets(sockets.open(), this.#broadcast);
    // An instance may have died between an end and the closing of the last socket.
    if (!this.#isLive()) this.#broadcast.end();
    this.#attendance = new Attendance(deps, this.#isLive() ? recovered : [], now);
    const versions = new VersionBlocks(store);
    this.#numbers = new Numbers(versions, this.#attendance, () => this.#drift.held);
    this.#outbox = new Outbox(deps, versions);
    this.#door = new Door(deps, this.#attendance, this.#broadcast);
    const parts = {
      attendance: this.#attendance,
      broadcast: this.#broadcast,
      publisher: listPublisher(deps),
      readModel: readModelPublisher(deps, versions),
      numbers: this.#numbers,
      door: this.#door,
      outbox: this.#outbox,
      stream: () => this.#stream,
      save: (at: number) => this.#save(at),
      rearm: () => this.#chores.arm(clock.now()),
      rearmExactly: () => this.#chores.armExactly(clock.now()),
    };
    this.#drift = new Drift(deps, { ...parts, versions }, now);
    this.#chores = new Chores(this.#alarm, roomChores({ ...parts, drift: this.#drift }));
    if (this.#stream !== undefined) this.#now();
  }

  /** A repeat, also one that comes after the end, changes nothing. */
  open(start: StreamStart): RoomNumbers {
    const now = this.#now();
    const known = this.#stream;
    const repeated = known !== undefined && (this.#isLive() || start.startedAt <= known.startedAt);
    const stream = repeated ? known : { ...start, endedAt: null };
    const endedAt = known?.endedAt ?? null;
    if (!repeated) committed(this.#deps, () => this.#begin(stream, endedAt, now));
    return this.#numbers.stamped(stream, now);
  }

  end(): NumbersAnswer {
    const now = this.#now();
    const stream = this.#stream;
    if (stream === undefined) return { outcome: "unopened" };
    const ended = { ...stream, endedAt: stream.endedAt ?? now };
    if (this.#isLive()) committed(this.#deps, () => this.#finish(ended, now));
    return { outcome: "numbers", ...this.#numbers.stamped(ended, now) };
  }

  numbers(): NumbersAnswer {
    const now = this.#now();
    const stream = this.#stream;
    if (stream === undefined) return { outcome: "unopened" };
    return { outcome: "numbers", ...this.#numbers.stamped(stream, now) };
  }

  reconcile(): ReconcileAnswer {
    const now = this.#now();
    const answer = this.#drift.lookNow(now);
    this.#chores.arm(now);
    return answer;
  }

  /**
   * Waits for what is under way to the database, so that whoever deletes there next finds all of it. The numbers stay
   * what they were: who was here has been counted, by a key that says nothing once the salt is gone.
   */
  async forgetUser(user: string): Promise<ForgetAnswer> {
    const visitor = await this.#door.keyOfUser(user);
    await this.#outbox.idle();
    const now = this.#now();
    if (visitor === undefined) return { outcome: "anonymous" };
    let found = { connections: 0, sessions: 0 };
    committed(this.#deps, () => {
      const connections = this.#door.showOut(visitor, now);
      this.#save(now);
      found = { connections, sessions: this.#outbox.forget(visitor, now) };
      this.#chores.arm(now);
    });
    return { outcome: "forgotten", visitor, ...found };
  }

  async heartbeat(arrival: Arrival): Promise<HeartbeatAnswer> {
    const keys = await this.#door.keysOf(arrival);
    const now = this.#now();
    const stream = this.#stream;
    if (keys === undefined || stream === undefined || !this.#isLive()) return { outcome: "ended" };
    if (!this.#door.renewLease(keys, now)) return { outcome: "crowded" };
    this.#chores.arm(now);
    return { outcome: "counted", ...this.#numbers.stamped(stream, now) };
  }

  async connect(arrival: Arrival, upgrade: Upgrade): Promise<void> {
    const keys = await this.#door.keysOf(arrival);
    const now = this.#now();
    if (keys === undefined || !this.#isLive()) return refuse(upgrade, "ended");
    const socket = this.#door.enter(keys, arrival.role, upgrade, now);
    if (socket === undefined) return;
    this.#broadcast.greet(socket, this.#numbers.status, this.#numbers.count(now));
    this.#chores.arm(now);
  }

  message(socket: RoomSocket, message: unknown): void {
    this.#event("room.message-failed", (now) => this.#door.hear(socket, message, now));
  }

  /** A socket is closed or broken, in whatever way. */
  gone(socket: RoomSocket): void {
    this.#event("room.leave-failed", (now) => this.#door.leave(socket, now));
  }

  /** Never throws: the platform gives up on an alarm that failed a few times. */
  alarm(): void {
    const now = this.#deps.clock.now();
    this.#alarm.exactly(now + ALARM_RETRY_MS);
    guarded(this.#deps, "room.alarm-failed", () => {
      this.#door.look(now);
      committed(this.#deps, () => this.#chores.doWhatIsDue(now));
    });
  }

  /** @param endedAt of the start before, ms */
  #begin(stream: SavedStream, endedAt: number | null, now: number): void {
    this.#stream = stream;
    this.#deps.store.saveStream(stream);
    this.#door.ensureSalt(endedAt, now);
    this.#attendance.begin(stream.startedAt, now);
    this.#save(now);
    this.#chores.arm(now);
  }

  #finish(stream: SavedStream, now: number): void {
    this.#stream = stream;
    this.#deps.store.saveStream(stream);
    this.#drift.reconciler.end(now);
    this.#attendance.end(now);
    this.#broadcast.end();
    this.#save(now);
    this.#chores.arm(now);
  }

  /** Inside a transaction. */
  #save(now: number): void {
    this.#attendance.save(now);
    this.#outbox.saved();
  }

  /** The time, with everything that follows from its having passed. */
  #now(): number {
    const now = this.#deps.clock.now();
    this.#door.look(now);
    this.#drift.endWhatIsOverdue(now);
    this.#chores.arm(now);
    return now;
  }

  #isLive(): boolean {
    return this.#stream?.endedAt === null;
  }

  #event(failure: string, work: (now: number) => void): void {
    guarded(this.#deps, failure, () => {
      const now = this.#now();
      work(now);
      this.#chores.arm(now);
    });
  }
}
