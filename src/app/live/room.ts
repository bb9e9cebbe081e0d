import { ROOM_SALT_LIFE_MS } from "../../core/limits.ts";
import { nextRoomAlarm, type RoomTimes } from "../../core/live/room-alarm.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RoomSocket, RoomSockets, Upgrade } from "../../ports/room-sockets.ts";
import type { RoomStore, SavedStream } from "../../ports/room-store.ts";
import type {
  Arrival,
  HeartbeatAnswer,
  NumbersAnswer,
  RoomNumbers,
  StreamStart,
} from "../../protocol/room-rpc.ts";
import { Attendance, type AttendanceDeps } from "./attendance.ts";
import { Broadcast } from "./broadcast.ts";
import { Door, type DoorDeps, recoverSockets, refuse } from "./door.ts";
import { Publisher, type PublisherDeps } from "./publisher.ts";
import { Numbers } from "./room-numbers.ts";
import { SoonestAlarm } from "./soonest-alarm.ts";

export interface RoomDeps extends AttendanceDeps, PublisherDeps, DoorDeps {
  /** Name of the object, `room:<stream>`. */
  readonly name: string;
  readonly store: RoomStore;
  readonly sockets: RoomSockets;
  readonly clock: Clock;
  /** Ends this instance: its memory has run ahead of what could be saved. */
  abort(reason: string): never;
}

/** Should an alarm's work fail, it is tried again after this. */
const ALARM_RETRY_MS = 5_000;

/**
 * The one maker of a stream's numbers. Whatever happens first takes out who is silent, then changes the set of
 * viewers in memory, then moves the alarm; the alarm saves, pushes to the sockets and tells the list of live streams.
 * An instance may end at any time: sockets with their attachments, leases and sessions bring the next one back.
 */
export class Room {
  readonly #deps: RoomDeps;
  readonly #attendance: Attendance;
  readonly #broadcast: Broadcast;
  readonly #publisher: Publisher;
  readonly #numbers: Numbers;
  readonly #door: Door;
  readonly #alarm: SoonestAlarm;
  #stream: SavedStream | undefined;

  constructor(deps: RoomDeps) {
    const { store, clock, sockets } = deps;
    const now = clock.now();
    this.#deps = deps;
    this.#stream = store.stream();
    this.#alarm = new SoonestAlarm(store.alarm);
    this.#publisher = new Publisher(deps);
    this.#broadcast = new Broadcast(store);
    const recovered = recoverSockets(sockets.open(), this.#broadcast);
    // An instance may have died between an end and the closing of the last socket.
    if (!this.#isLive()) this.#broadcast.end();
    this.#attendance = new Attendance(deps, this.#isLive() ? recovered : [], now);
    this.#numbers = new Numbers(store, this.#attendance);
    this.#door = new Door(deps, this.#attendance, this.#broadcast);
    if (this.#stream !== undefined) this.#now();
  }

  /** A repeat, also one that comes after the end, changes nothing. */
  open(start: StreamStart): RoomNumbers {
    const now = this.#now();
    const known = this.#stream;
    const repeated = known !== undefined && (this.#isLive() || start.startedAt <= known.startedAt);
    const stream = repeated ? known : { ...start, endedAt: null };
    if (!repeated) this.#commit(() => this.#begin(stream, now));
    return this.#numbers.stamped(stream, now);
  }

  end(): NumbersAnswer {
    const now = this.#now();
    const stream = this.#stream;
    if (stream === undefined) return { outcome: "unopened" };
    const ended = { ...stream, endedAt: stream.endedAt ?? now };
    if (this.#isLive()) this.#commit(() => this.#finish(ended, now));
    return { outcome: "numbers", ...this.#numbers.stamped(ended, now) };
  }

  numbers(): NumbersAnswer {
    const now = this.#now();
    const stream = this.#stream;
    if (stream === undefined) return { outcome: "unopened" };
    return { outcome: "numbers", ...this.#numbers.stamped(stream, now) };
  }

  async heartbeat(arrival: Arrival): Promise<HeartbeatAnswer> {
    const keys = await this.#door.keysOf(arrival);
    const now = this.#now();
    const stream = this.#stream;
    if (keys === undefined || stream === undefined || !this.#isLive()) return { outcome: "ended" };
    if (!this.#door.renewLease(keys, now)) return { outcome: "crowded" };
    this.#arm(now);
    return { outcome: "counted", ...this.#numbers.stamped(stream, now) };
  }

  async connect(arrival: Arrival, upgrade: Upgrade): Promise<void> {
    const keys = await this.#door.keysOf(arrival);
    const now = this.#now();
    if (keys === undefined || !this.#isLive()) return refuse(upgrade, "ended");
    const socket = this.#door.enter(keys, arrival.role, upgrade, now);
    if (socket === undefined) return;
    this.#broadcast.greet(socket, "live", this.#numbers.count(now));
    this.#arm(now);
  }

  message(socket: RoomSocket, message: unknown): void {
    this.#guard("room.message-failed", () => {
      const now = this.#now();
      this.#door.hear(socket, message, now);
      this.#arm(now);
    });
  }

  /** A socket is closed or broken, in whatever way. */
  gone(socket: RoomSocket): void {
    this.#guard("room.leave-failed", () => {
      const now = this.#now();
      this.#door.leave(socket, now);
      this.#arm(now);
    });
  }

  /** Never throws: the platform gives up on an alarm that failed a few times. */
  alarm(): void {
    const now = this.#deps.clock.now();
    this.#alarm.exactly(now + ALARM_RETRY_MS);
    this.#guard("room.alarm-failed", () => {
      this.#look(now);
      this.#commit(() => this.#doWhatIsDue(now));
    });
  }

  /** Nothing awaits in here, so nothing can become pending between the work and the alarm for the rest. */
  #doWhatIsDue(now: number): void {
    const stream = this.#stream;
    const due = this.#times();
    const isDue = (at: number | null): boolean => at !== null && at <= now;
    if (isDue(due.saltEnds)) this.#door.deleteSalt();
    if (isDue(due.save)) this.#attendance.save(now);
    if (isDue(due.push)) this.#broadcast.push(this.#numbers.count(now), now);
    if (isDue(due.publish) && stream !== undefined) {
      this.#deps.store.saveAliveAt(now);
      const { broadcaster, category } = stream;
      const numbers = this.#numbers.stamped(stream, now);
      const entry = { ...numbers, broadcaster, category, samples: [], days: [] };
      this.#publisher.publish(entry, () => this.#arm(this.#deps.clock.now()));
    }
    this.#alarm.exactly(nextRoomAlarm(this.#times(), now));
  }

  #begin(stream: SavedStream, now: number): void {
    this.#stream = stream;
    this.#deps.store.saveStream(stream);
    this.#door.ensureSalt();
    this.#attendance.reset(now);
    this.#arm(now);
  }

  #finish(stream: SavedStream, now: number): void {
    this.#stream = stream;
    this.#deps.store.saveStream(stream);
    this.#attendance.empty(now);
    this.#broadcast.end();
    this.#attendance.save(now);
    this.#arm(now);
  }

  /** The time, with everything that follows from its having passed. */
  #now(): number {
    const now = this.#deps.clock.now();
    this.#look(now);
    this.#arm(now);
    return now;
  }

  #look(now: number): void {
    const { silent, quiet } = this.#attendance.look(
      now,
      ({ id }) => this.#broadcast.get(id)?.pingedAt() ?? 0,
    );
    for (const { id } of silent) this.#broadcast.close(id, "silent");
    if (quiet.length > 0) this.#broadcast.beat(quiet);
  }

  #arm(now: number): void {
    this.#alarm.atLatest(nextRoomAlarm(this.#times(), now));
  }

  #times(): RoomTimes {
    const stream = this.#stream;
    const endedAt = stream?.endedAt ?? null;
    return {
      push: this.#broadcast.pushAt(this.#attendance.numbers),
      save: this.#attendance.saveAt,
      publish:
        stream === undefined
          ? null
          : this.#publisher.publishAt(this.#numbers.unstamped(stream), endedAt),
      look: this.#attendance.connections.nextLook(),
      midnight: this.#attendance.midnight,
      saltEnds: endedAt !== null && this.#door.hasSalt ? endedAt + ROOM_SALT_LIFE_MS : null,
    };
  }

  #isLive(): boolean {
    return this.#stream?.endedAt === null;
  }

  /** Events have nobody to throw to. */
  #guard(event: string, work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#deps.log.error(event, { room: this.#deps.name, cause: `${cause}` });
    }
  }

  /** Memory changes before the commit: if the commit fails, the instance must not live on. */
  #commit(work: () => void): void {
    try {
      this.#deps.store.atomically(work);
    } catch (cause) {
      this.#deps.abort(`${this.#deps.name} could not commit: ${cause}`);
    }
  }
}
