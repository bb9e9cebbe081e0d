import type { PublishedStream } from "../../ports/read-model.ts";
import type { HeldNumbers, SavedStream } from "../../ports/room-store.ts";
import type { LiveEntry, RoomNumbers } from "../../protocol/room-rpc.ts";
import type { Attendance } from "./attendance.ts";
import type { VersionBlocks } from "./version-blocks.ts";

/** What a room says of its stream. */
export class Numbers {
  readonly #attendance: Attendance;
  readonly #versions: VersionBlocks;
  readonly #held: () => HeldNumbers | undefined;

  /** @param held what is shown instead of the numbers while they are counted anew */
  constructor(
    versions: VersionBlocks,
    attendance: Attendance,
    held: () => HeldNumbers | undefined,
  ) {
    this.#attendance = attendance;
    this.#versions = versions;
    this.#held = held;
  }

  /** Of a stream that has not ended. */
  get status(): "live" | "syncing" {
    return this.isHeld ? "syncing" : "live";
  }

  get isHeld(): boolean {
    return this.#held() !== undefined;
  }

  /** To compare with what was said before. */
  unstamped({ stream, startedAt, endedAt }: SavedStream) {
    const status = endedAt === null ? this.status : ("ended" as const);
    return { stream, status, startedAt, ...this.#shown };
  }

  /** For sockets. @param now ms */
  count(now: number) {
    return { ...this.#shown, at: now };
  }

  /** For whoever keeps them: above all that were made before. @param now ms */
  stamped(stream: SavedStream, now: number): RoomNumbers {
    const recent = this.#attendance.connections.recent(now);
    return { ...this.unstamped(stream), recent, asOf: now, stamp: this.#versions.next() };
  }

  /** For the read model; all of it has to be on disk. @param now ms */
  published(stream: SavedStream, now: number): PublishedStream {
    const { broadcaster, category } = stream;
    return { ...this.stamped(stream, now), broadcaster, category };
  }

  /** For the list of live streams; all of it has to be on disk. @param now ms */
  entry(stream: SavedStream, now: number): LiveEntry {
    const { recent: _, ...numbers } = this.published(stream, now);
    return { ...numbers, ...this.#attendance.ledger.tell(now) };
  }

  get #shown(): HeldNumbers {
    return this.#held() ?? this.#attendance.numbers;
  }
}
