import { type StreamId, streamId } from "../../src/core/ids.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { RegistryTables, Stream } from "../../src/ports/database.ts";
import type { Rooms } from "../../src/ports/rooms.ts";
import type {
  LiveEntry,
  NumbersAnswer,
  ReconcileAnswer,
  RoomNumbers,
  StreamStart,
} from "../../src/protocol/room-rpc.ts";

export const stream = (text: string): StreamId => {
  const id = streamId(text);
  if (id === undefined) throw new Error(`"${text}" is no stream id`);
  return id;
};

export const aStream = (id: StreamId, more: Partial<Stream> = {}): Stream => ({
  id,
  broadcaster: "b",
  title: `Title of ${id}`,
  status: "planned",
  visibility: "public",
  expectedViewers: 0,
  ...more,
});

export const anEntry = (id: StreamId, more: Partial<LiveEntry> = {}): LiveEntry => ({
  stream: id,
  broadcaster: "b",
  category: null,
  status: "live",
  viewers: 1,
  peak: 1,
  total: 1,
  uniqueToday: 1,
  startedAt: 0,
  asOf: 0,
  stamp: stamp(1, 1),
  samples: [],
  days: [],
  ...more,
});

type StreamsOnly = Pick<RegistryTables, "stream" | "findStreams" | "startStream" | "endStream">;

/** Streams in memory that keep the contract. */
export class MemoryStreams implements StreamsOnly {
  readonly rows = new Map<StreamId, Stream>();
  /** Ids asked for, a list a question. */
  readonly asked: (readonly StreamId[])[] = [];
  /** Runs before each call, which fails when it throws. */
  before: (call: string) => Promise<void> = async () => undefined;

  put(row: Stream): void {
    this.rows.set(row.id, row);
  }

  async stream(id: StreamId): Promise<Stream | undefined> {
    await this.before("stream");
    return this.rows.get(id);
  }

  async findStreams(ids: readonly StreamId[]): Promise<readonly Stream[]> {
    this.asked.push(ids);
    await this.before("findStreams");
    return ids.flatMap((id) => this.rows.get(id) ?? []);
  }

  async startStream(id: StreamId, at: number): Promise<Stream | undefined> {
    await this.before("startStream");
    const row = this.rows.get(id);
    if (row !== undefined && row.status !== "live" && (row.endedAt ?? 0) <= at) {
      this.put({ ...row, status: "live", startedAt: at, endedAt: undefined });
    }
    return this.rows.get(id);
  }

  async endStream(id: StreamId, at: number): Promise<Stream | undefined> {
    await this.before("endStream");
    const row = this.rows.get(id);
    if (row !== undefined && row.status !== "ended" && (row.startedAt ?? 0) <= at) {
      this.put({ ...row, status: "ended", endedAt: at });
    }
    return this.rows.get(id);
  }
}

/** Rooms in memory as the port promises them, without viewers of their own. */
export class MemoryRooms implements Rooms {
  readonly rooms = new Map<StreamId, RoomNumbers>();
  /** Every call, as `verb:stream`. */
  readonly calls: string[] = [];
  before: (call: string) => Promise<void> = async () => undefined;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async open(start: StreamStart): Promise<RoomNumbers> {
    await this.#arrive("open", start.stream);
    const known = this.rooms.get(start.stream);
    if (known?.status === "live") return known;
    return this.set(start.stream, { startedAt: start.startedAt });
  }

  async end(id: StreamId): Promise<NumbersAnswer> {
    await this.#arrive("end", id);
    const known = this.rooms.get(id);
    if (known === undefined) return { outcome: "unopened" };
    return { outcome: "numbers", ...this.set(id, { ...known, status: "ended", viewers: 0 }) };
  }

  async numbers(id: StreamId): Promise<NumbersAnswer> {
    await this.#arrive("numbers", id);
    const known = this.rooms.get(id);
    return known === undefined ? { outcome: "unopened" } : { outcome: "numbers", ...known };
  }

  async reconcile(id: StreamId): Promise<ReconcileAnswer> {
    await this.#arrive("reconcile", id);
    const known = this.rooms.get(id);
    if (known === undefined) return { outcome: "unopened" };
    if (known.status === "ended") return { outcome: "ended" };
    return { outcome: "even", shown: known.viewers, counted: known.viewers };
  }

  forgetUser(): Promise<never> {
    return Promise.reject(new Error("no test asks for this"));
  }

  heartbeat(): Promise<never> {
    return Promise.reject(new Error("no test asks for this"));
  }

  connect(): Promise<never> {
    return Promise.reject(new Error("no test asks for this"));
  }

  /** What the room will say. */
  set(id: StreamId, numbers: Partial<RoomNumbers>): RoomNumbers {
    const { recent = 0, ...entry } = numbers;
    const {
      broadcaster: _,
      category: __,
      ...rest
    } = anEntry(id, { viewers: 0, peak: 0, total: 0 });
    const room = { ...rest, uniqueToday: 0, recent, asOf: this.#now(), ...entry };
    this.rooms.set(id, room);
    return room;
  }

  async #arrive(verb: string, id: StreamId): Promise<void> {
    this.calls.push(`${verb}:${id}`);
    await this.before(verb);
  }
}
