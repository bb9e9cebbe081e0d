import { roomStore } from "../../src/adapters/objects/room-store.ts";
import { Room } from "../../src/app/live/room.ts";
import { type StreamId, streamId } from "../../src/core/ids.ts";
import type { ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import type { JobRun, JobTables, StreamTables } from "../../src/ports/database.ts";
import type { Rankings } from "../../src/ports/rankings.ts";
import type { ReadModelWriter } from "../../src/ports/read-model.ts";
import type { RoomSocket, Upgrade } from "../../src/ports/room-sockets.ts";
import type { UserTables } from "../../src/ports/user-tables.ts";
import type { CountMessage, ServerMessage } from "../../src/protocol/live-messages.ts";
import type { LiveEntry, Role, RoomNumbers, StreamStart } from "../../src/protocol/room-rpc.ts";
import { calendarOf } from "./calendars.ts";
import { MemoryList } from "./memory-list.ts";
import { MemoryStreamTables } from "./memory-stream-tables.ts";
import { ObjectDisk } from "./object-disk.ts";

export const STREAM = ((): StreamId => {
  const id = streamId("launch");
  if (id === undefined) throw new Error("no stream id");
  return id;
})();

/** Where a room writes on its own. */
export interface RoomDatabase {
  readonly saveCurrent: StreamTables["saveCurrent"];
  readonly saveSessions: StreamTables["saveSessions"];
  readonly sessionsOf: UserTables["sessionsOf"];
  readonly deleteSessions: UserTables["deleteSessions"];
  readonly record: JobTables["record"];
}

export interface RoomHarnessOptions {
  readonly start?: Omit<StreamStart, "startedAt">;
  /** Absent: that of `timeZone`. */
  readonly calendar?: ReportingCalendar;
  /** Absent: one in memory. */
  readonly database?: RoomDatabase;
  /** Absent: the deployment has none. */
  readonly readModel?: Pick<ReadModelWriter, "publishStream"> | undefined;
  /** When the object is first heard of, ms. */
  readonly now?: number;
}

const STARTED = { stream: STREAM, broadcaster: "b", category: null } as const;

/** Of the alarm in one millisecond. */
const MAX_RINGS = 100;

/** A client's socket as the platform keeps it: it outlives the room's instance. */
export class FakeSocket implements RoomSocket {
  readonly received: ServerMessage[] = [];
  readonly texts: string[] = [];
  closed: number | undefined;
  kept: unknown;
  pinged = 0;
  /** What its client does when it is asked for a sign of life. */
  onBeat: () => void = () => undefined;

  attachment(): unknown {
    return structuredClone(this.kept);
  }

  pingedAt(): number {
    return this.pinged;
  }

  send(text: string): void {
    if (this.closed !== undefined) return;
    this.texts.push(text);
    if (text.startsWith("{")) this.received.push(JSON.parse(text));
    if (this.received.at(-1)?.type === "beat") this.onBeat();
  }

  close(code: number): void {
    this.closed ??= code;
  }

  get counts(): readonly CountMessage[] {
    return this.received.filter((message) => message.type === "count");
  }

  get statuses(): readonly string[] {
    return this.received.flatMap((message) => (message.type === "status" ? message.status : []));
  }

  get beats(): number {
    return this.received.filter(({ type }) => type === "beat").length;
  }
}

export interface Who {
  readonly visitor: string;
  readonly role?: Role;
  readonly network?: string;
}

/** A record of reconciliation, its detail beside the rest. */
export interface Recorded extends JobRun {
  readonly source: string;
  readonly tier: string;
  readonly before: number;
  readonly after: number;
}

/** A Room over a disk and sockets that outlive it, at a time of the test's choosing. */
export class RoomHarness {
  readonly disk = new ObjectDisk();
  readonly problems: string[] = [];
  readonly published: (LiveEntry & { readonly tried: number })[] = [];
  sockets: FakeSocket[] = [];
  rankingsFail = false;
  /** The list that hears of it. */
  list: Pick<Rankings, "publish"> = new MemoryList();
  readonly database = new MemoryStreamTables();
  timeZone = "UTC";
  perNetwork = 1_000;
  now = Date.UTC(2026, 10, 21, 12);
  room: Room;
  readonly #options: RoomHarnessOptions;
  #random = 0;
  #lives = 0;

  constructor(options: RoomHarnessOptions = {}) {
    this.#options = options;
    this.now = options.now ?? this.now;
    this.room = this.#wake();
  }

  /** The next life of the object; sockets sleep through it, or are dropped without a word. */
  evict(sockets: "hibernate" | "drop" = "hibernate"): void {
    this.disk.flush();
    if (sockets === "drop") this.sockets = [];
    this.room = this.#wake();
  }

  /** The machine dies: what was not flushed is gone, and so are all sockets. */
  crash(): void {
    this.sockets = [];
    this.room = this.#wake();
  }

  open(startedAt = this.now): RoomNumbers {
    const { start = STARTED } = this.#options;
    return this.room.open({ ...start, startedAt });
  }

  async connect(
    { visitor, role = "viewer", network = visitor }: Who,
    socket = new FakeSocket(),
  ): Promise<FakeSocket> {
    const upgrade: Upgrade = {
      accept: (kept) => {
        socket.kept = structuredClone(kept);
        this.sockets.push(socket);
        return socket;
      },
      refuse: (code) => socket.close(code),
    };
    await this.room.connect({ role, identity: visitor, network }, upgrade);
    return socket;
  }

  heartbeat({ visitor, network = visitor }: Who) {
    return this.room.heartbeat({ role: "viewer", identity: visitor, network });
  }

  ping(socket: FakeSocket): void {
    if (socket.closed === undefined) socket.pinged = this.now;
  }

  /** The client closes it and the room hears of it. */
  leave(socket: FakeSocket): void {
    socket.close(1000);
    this.room.gone(socket);
  }

  /** Lets time pass and rings the alarm whenever it is due. */
  pass(ms: number): void {
    const until = this.now + ms;
    let ringsNow = 0;
    for (let at = this.disk.alarm; at !== undefined && at <= until; at = this.disk.alarm) {
      ringsNow = at > this.now ? 0 : ringsNow + 1;
      if (ringsNow > MAX_RINGS) throw new Error(`the alarm rings without end at ${this.now}`);
      this.now = Math.max(this.now, at);
      this.ring();
    }
    this.now = until;
  }

  ring(): void {
    this.disk.takeAlarm();
    this.room.alarm();
  }

  numbers(): RoomNumbers {
    const answer = this.room.numbers();
    if (answer.outcome === "unopened") throw new Error("it was never opened");
    return answer;
  }

  /** What the database has of reconciliation, in the order of its first looks. */
  records(): readonly Recorded[] {
    return [...this.database.runs.values()]
      .filter(({ job }) => job === "reconcile")
      .sort((a, b) => a.startedAt - b.startedAt)
      .map(({ detail, ...run }) => ({ ...run, ...JSON.parse(detail) }));
  }

  #wake(): Room {
    const { start = STARTED, calendar, database = this.database, readModel } = this.#options;
    this.#lives += 1;
    const life = this.#lives;
    // What a dead instance still had to do fails, and concerns nobody.
    const report = (event: string) => {
      if (life === this.#lives) this.problems.push(event);
    };
    return new Room({
      name: `room:${start.stream}`,
      store: roomStore(this.disk.open(), this.now, () => undefined),
      sockets: { open: () => this.sockets.filter(({ closed }) => closed === undefined) },
      clock: { now: () => this.now },
      random: { bytes: (count) => this.#bytes(count), fraction: () => 0.5 },
      keyedHash: { hash: async (salt, text) => ({ hi: salt[0] ?? 0, lo: numberOf(text) }) },
      rankings: {
        publish: async (entry) => {
          this.published.push({ ...entry, tried: this.now });
          if (this.rankingsFail) throw new Error("no rankings");
          return this.list.publish(entry);
        },
      },
      readModel,
      sessions: database,
      users: database,
      streams: database,
      jobs: database,
      calendar: calendar ?? calendarOf(this.timeZone, this.now),
      log: { info: report, warn: report, error: report },
      perNetwork: this.perNetwork,
      background: (work) => void work.catch(() => report("background")),
      abort: (reason) => {
        throw new Error(reason);
      },
    });
  }

  #bytes(count: number): Uint8Array {
    this.#random += 1;
    const bytes = new Uint8Array(count).fill(this.#random & 255);
    new DataView(bytes.buffer).setUint32(0, this.#random);
    bytes.copyWithin(1, 0, 4);
    bytes[0] = this.#random & 255;
    return bytes;
  }
}

const numberOf = (text: string): number =>
  [...text].reduce((hash, char) => (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0, 7);
