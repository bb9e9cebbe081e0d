import type { Rankings } from "../../src/ports/rankings.ts";
import type { LiveEntry, PublishAnswer, SavedThrough } from "../../src/protocol/room-rpc.ts";
import type { MemoryStreamTables } from "./memory-stream-tables.ts";

const NOTHING_SAVED: SavedThrough = { asOf: 0, sampledThrough: 0 };

/** The list of live streams with one stream in it, in memory: keeps the entry with the larger stamp, and says how much of it is saved. */
export class MemoryList implements Pick<Rankings, "publish"> {
  entry: LiveEntry | undefined;
  saved = NOTHING_SAVED;
  /** Without a database, what is published counts as saved at once. */
  readonly #database: MemoryStreamTables | undefined;

  constructor(database?: MemoryStreamTables) {
    this.#database = database;
  }

  async publish(entry: LiveEntry): Promise<PublishAnswer> {
    const had = this.entry;
    if (had === undefined || entry.stamp > had.stamp) this.entry = entry;
    if (this.#database === undefined) this.#mark(entry);
    return { had, saved: this.saved };
  }

  /** Brings what it has to the database. */
  async flush(): Promise<void> {
    const { entry } = this;
    if (entry === undefined || this.#database === undefined) return;
    const { samples, days, ...current } = entry;
    const { stream, broadcaster, stamp } = entry;
    const owned = { stream, broadcaster, stamp };
    const unsaved = samples.filter(({ recordedAt }) => recordedAt > this.saved.sampledThrough);
    await this.#database.saveHistory(unsaved.map((sample) => ({ ...sample, ...owned })));
    await this.#database.saveDays(days.map((day) => ({ ...day, ...owned })));
    await this.#database.saveCurrent([current]);
    this.#mark(entry);
  }

  /** As a list whose storage was lost. */
  wipe(): void {
    this.entry = undefined;
    this.saved = NOTHING_SAVED;
  }

  #mark({ asOf, samples }: LiveEntry): void {
    const sampledThrough = samples.at(-1)?.recordedAt ?? this.saved.sampledThrough;
    this.saved = { asOf, sampledThrough };
  }
}
