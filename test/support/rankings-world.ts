import { rankingsStore } from "../../src/adapters/objects/rankings-store.ts";
import { LiveRankings } from "../../src/app/live/rankings.ts";
import type { StreamId } from "../../src/core/ids.ts";
import { RANKINGS_SORT_MS } from "../../src/core/limits.ts";
import { stamp } from "../../src/core/stamp.ts";
import type { LiveEntry, PublishAnswer } from "../../src/protocol/room-rpc.ts";
import { anEntry, stream } from "./live-fakes.ts";
import { MemoryStreamTables } from "./memory-stream-tables.ts";
import { ObjectDisk } from "./object-disk.ts";

export const NOON = Date.UTC(2026, 10, 21, 12);

/** The object of the list, from one life to the next, with the tables it flushes to. */
export class RankingsWorld {
  readonly disk = new ObjectDisk();
  readonly tables = new MemoryStreamTables();
  now = NOON;
  rankings: LiveRankings;
  #version = 0;
  readonly #maxEntries: number | undefined;

  constructor(maxEntries?: number) {
    this.#maxEntries = maxEntries;
    this.rankings = this.#wake();
  }

  /** Each with a stamp above all before. */
  publish(name: string, more: Partial<LiveEntry> = {}): LiveEntry {
    const entry = this.make(name, more);
    this.rankings.publish(entry);
    return entry;
  }

  /** What the room of the stream is answered. */
  answerTo(name: string, more: Partial<LiveEntry> = {}): PublishAnswer {
    return this.rankings.publish(this.make(name, more));
  }

  make(name: string, more: Partial<LiveEntry> = {}): LiveEntry {
    this.#version += 1;
    return anEntry(stream(name), { asOf: this.now, stamp: stamp(1, this.#version), ...more });
  }

  /** Past the moment in which the order stands. */
  streams(limit = 100, category?: string): readonly StreamId[] {
    this.now += RANKINGS_SORT_MS;
    return this.rankings.live(limit, category).streams.map(({ stream: id }) => id);
  }

  /** Time goes on to the alarm, which runs. */
  alarm(): void {
    this.now = Math.max(this.now, this.disk.alarm ?? this.now);
    this.disk.takeAlarm();
    this.rankings.alarm();
    this.disk.flush();
  }

  evict(): void {
    this.disk.flush();
    this.rankings = this.#wake();
  }

  /** The next life finds another page on the disk. */
  wakeWithPage(entries: string): void {
    this.disk.flush();
    const { sql } = this.disk.open();
    sql.exec("INSERT INTO pages (page, entries) VALUES (1000, ?)", entries);
    this.evict();
  }

  rows(): number {
    return this.disk.read("SELECT page FROM pages").length;
  }

  #wake(): LiveRankings {
    const store = rankingsStore(this.disk.open(), () => undefined);
    const clock = { now: () => this.now };
    const bound = this.#maxEntries === undefined ? {} : { maxEntries: this.#maxEntries };
    return new LiveRankings({ store, tables: this.tables, clock, ...bound });
  }
}
